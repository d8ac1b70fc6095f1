import { describe, expect, it, test } from 'vitest'
import { zeroFailureUpperBound } from '../../../../src/stats/interval.ts'
import { allocate, type Candidate, runsWithin, widthAfter, worthOf } from '../../../../src/stats/sweep/allocate.ts'
import { claimOf, runsOfProof } from '../../../../src/stats/sweep/proof.ts'
import { afterRuns, type SeenAt, stateOf, type TestState } from '../../../../src/stats/sweep/swept-test.ts'

describe('runsOfProof', () => {
  it.each([
    [0.05, 0.95, 59],
    [0.01, 0.95, 299],
    [0.5, 0.95, 5],
    [0.05, 0.99, 90],
  ])('proves a rate of at most %d at %d with %d runs, and not with one less', (maxRate, level, runs) => {
    expect(runsOfProof(maxRate, level)).toBe(runs)
    expect(zeroFailureUpperBound(runs, level).value).toBeLessThanOrEqual(maxRate)
    expect(zeroFailureUpperBound(runs - 1, level).value).toBeGreaterThan(maxRate)
  })

  it('is stated in words', () => {
    expect(claimOf({ maxRate: 0.05, level: 0.95, runs: 60 })).toBe('rate ≤ 5 % at 95 %, 60 new runs')
    expect(claimOf({ maxRate: 0.001, level: 0.999, runs: 7000 })).toBe('rate ≤ 0.1 % at 99.9 %, 7000 new runs')
  })
})

const at = (day: number, runs: number, failed: number): SeenAt => ({
  ...{ sha: `${day}`.repeat(40), committedAt: `2026-01-0${day}T00:00:00.000Z` },
  ...{ runs, failed },
})
const isAfter = (one: { committedAt: string }, other: { committedAt: string }) => one.committedAt > other.committedAt
const judging = { isAfter, wanted: { maxRate: 0.05, level: 0.95 } }
const play = (...firings: SeenAt[][]) =>
  firings.reduce<TestState | undefined>((known, seen) => afterRuns(known, seen, judging), undefined)
const state = (...firings: SeenAt[][]) => {
  const known = play(...firings)
  return known === undefined ? undefined : stateOf(known)
}

describe('a swept test', () => {
  test('is none as long as it passes, or always fails at a commit', () => {
    expect(state([at(1, 20, 0)], [at(1, 20, 0), at(2, 20, 20)])).toBeUndefined()
  })
  test('flakes where it passes and fails at one commit', () => {
    expect(play([at(1, 20, 3)])).toMatchObject({ runs: 20, failed: 3, proofRuns: 0, claim: null })
    expect(state([at(1, 20, 3)])).toBe('flaky')
  })
  test('is not fixed by runs at the commit where it failed, however many pass', () => {
    expect(state([at(1, 20, 3)], [at(1, 500, 0)])).toBe('flaky')
  })
  test('is watched at later commits, and fixed only with all the runs of a proof', () => {
    expect(state([at(1, 20, 3)], [at(2, 58, 0)])).toBe('watched')
    expect(play([at(1, 20, 3)], [at(2, 58, 0)], [at(3, 2, 0)])?.claim).toBe('rate ≤ 5 % at 95 %, 60 new runs')
  })
  test('begins its proof anew with the last failure', () => {
    expect(play([at(1, 20, 3)], [at(2, 58, 0)], [at(2, 10, 1), at(3, 9, 0)])).toMatchObject({
      proofRuns: 9,
      claim: null,
    })
  })
  test('still fails at the commits before its fix, which says nothing new', () => {
    const fixed = [[at(1, 20, 3), at(2, 20, 2)], [at(3, 59, 0)]]
    expect(state(...fixed, [at(1, 20, 5), at(2, 20, 5), at(3, 20, 0)])).toBe('fixed')
    expect(play([at(2, 20, 2)], [at(3, 40, 0)], [at(1, 9, 1), at(3, 5, 0)])).toMatchObject({ proofRuns: 45, runs: 74 })
  })
  test('keeps its claim until it fails again', () => {
    const fixed = [[at(1, 20, 3)], [at(2, 59, 0)]]
    expect(play(...fixed, [at(3, 100, 0)])?.claim).toBe('rate ≤ 5 % at 95 %, 59 new runs')
    expect(state(...fixed, [at(3, 100, 1)])).toBe('flaky')
  })
})

const stable = { runs: 300, failed: 0, flaky: false }
const unknown = { runs: 0, failed: 0, flaky: false }
const commit = (age: number, more: Partial<Candidate> = {}): Candidate => ({
  ...{ age, isNew: false, tests: [stable], proofMissing: 0 },
  ...more,
})

describe('allocate', () => {
  it('never spends more than the budget, and something wherever it can', () => {
    const candidates = Array.from({ length: 20 }, (_, age) => commit(age, { tests: [unknown] }))
    for (const budget of [1, 7, 10, 25, 199, 5_000]) {
      const { runs, chosen } = allocate(candidates, budget)
      expect(runs * chosen.length).toBeLessThanOrEqual(budget)
      expect(runs).toBeGreaterThanOrEqual(Math.min(budget, 10))
      expect(new Set(chosen.map(({ candidate }) => candidate)).size).toBe(chosen.length)
    }
  })

  it('goes to a new commit before all that is known of old ones', () => {
    const candidates = [commit(0, { isNew: true, tests: [unknown] }), commit(1), commit(2)]
    expect(allocate(candidates, 15)).toEqual({ runs: 15, chosen: [{ candidate: 0, why: 'new commit' }] })
  })

  it('goes to a test known to flake before a stable one, and to an interval that is wide before a narrow one', () => {
    const flake = { runs: 40, failed: 4, flaky: true }
    const of = (...candidates: Candidate[]) => allocate(candidates, 10).chosen
    expect(of(commit(0), commit(1, { tests: [stable, flake] }))).toEqual([{ candidate: 1, why: 'known flake' }])
    expect(of(commit(0), commit(1, { tests: [{ ...stable, runs: 5 }] }))).toEqual([
      { candidate: 1, why: 'wide interval' },
    ])
  })

  it('completes a proof', () => {
    const flake = { runs: 0, failed: 0, flaky: true }
    expect(worthOf(commit(0, { tests: [flake], proofMissing: 20 }), 20).why).toBe('proof')
  })

  it('does not look at what happens far back', () => {
    expect(worthOf(commit(15, { tests: [unknown] }), 10).worth).toBeLessThan(
      worthOf(commit(0, { tests: [{ ...unknown, runs: 10 }] }), 10).worth,
    )
  })
})

test('an interval narrows with every run', () => {
  expect(widthAfter(0, 0)).toBe(1)
  for (const runs of [1, 5, 50]) expect(widthAfter(runs + 1, 0)).toBeLessThan(widthAfter(runs, 0))
})

test('runs that fit into a time leave a tenth of it', () => {
  expect(runsWithin(60_000, { meanMs: 1_000, parallelism: 4 })).toBe(216)
  expect(runsWithin(1_000, { meanMs: 60_000, parallelism: 1 })).toBe(1)
})
