import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Batch } from '../../../../src/stats/culprit/batch.ts'
import { commitRange, linearRange } from '../../../../src/stats/culprit/commit-range.ts'
import type { Observation } from '../../../../src/stats/culprit/counts.ts'
import { nextBatch } from '../../../../src/stats/culprit/next-batch.ts'
import { entropyOf, posterior } from '../../../../src/stats/culprit/posterior.ts'
import { seededRandom } from '../../../support/random.ts'
import { runAt } from '../../../support/simulated-search.ts'
import { expectedEntropyByDefinition } from './by-definition.ts'
import { anyHistory } from './histories.ts'

const at = (position: number, failures: number, runs: number): Observation => ({ position, failures, runs })
const range = linearRange(128)
/** The newest commit is broken, the oldest was not. */
const broken = [at(0, 10, 200), at(127, 20, 20)]

describe('the next batch of a culprit search', () => {
  it('is as wide as asked for and at commits that can be run, whatever the history', () => {
    fc.assert(
      fc.property(
        anyHistory(20),
        fc.record({
          width: fc.integer({ min: 1, max: 20 }),
          maxCommits: fc.integer({ min: 1, max: 8 }),
          preparing: fc.double({ min: 0, max: 50, noNaN: true }),
        }),
        fc.array(fc.integer({ min: 0, max: 19 })),
        ({ parents, observations }, options, unable) => {
          const untestable = new Set(unable)
          const batch = nextBatch(commitRange(parents), { observations, untestable }, options)
          const positions = batch.map(({ position }) => position)
          expect(new Set(positions).size).toBe(positions.length)
          expect(positions.every((position) => position < parents.length && !untestable.has(position))).toBe(true)
          const testable = parents.filter((_, position) => !untestable.has(position)).length
          expect(batch.reduce((sum, { runs }) => sum + runs, 0)).toBe(testable < 2 ? 0 : options.width)
          expect(batch.every(({ runs }) => runs >= 1)).toBe(true)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('halves the range where one commit is run at a time', () => {
    const [only, ...others] = nextBatch(range, { observations: broken }, { width: 8, maxCommits: 1 })
    expect(others).toEqual([])
    expect(only?.runs).toBe(8)
    expect(Math.abs((only?.position ?? 0) - 64)).toBeLessThanOrEqual(2)
  })

  it('is spread over the range where a few runs tell a commit', () => {
    const batch = nextBatch(range, { observations: broken }, { width: 8, maxCommits: 3 })
    const positions = batch.map(({ position }) => position).toSorted((a, b) => a - b)
    expect(positions).toEqual([32, 64, 96].map((quarter) => expect.closeTo(quarter, -1.2)))
    expect(Math.max(...batch.map(({ runs }) => runs))).toBe(3)
  })

  it('tells at least nearly as much spread over commits as at the one best commit', () => {
    const random = seededRandom(4)
    const long = linearRange(300)
    for (const culprit of [57, 210]) {
      const run = runAt({ range: long, culprit, rateBefore: 0.02, rateFrom: 0.3 }, random)
      const observations = [0, 299].map((position) => ({ position, ...run(position, 100) }))
      for (let round = 0; round < 12; round++) {
        const now = entropyOf(posterior(long, { observations }))
        const gainOf = (batch: Batch) => now - expectedEntropyByDefinition(long, observations, batch)
        const batch = nextBatch(long, { observations }, { width: 6, maxCommits: 3 })
        const one = nextBatch(long, { observations }, { width: 6, maxCommits: 1 })
        if (now > 0.05) expect(gainOf(batch) / gainOf(one)).toBeGreaterThan(0.85)
        for (const { position, runs } of batch) observations.push({ position, ...run(position, runs) })
      }
    }
  })

  it('is at fewer commits the more it costs to prepare one', () => {
    const commits = [0, 10, 100].map((preparing) => {
      return nextBatch(range, { observations: broken }, { width: 8, preparing }).length
    })
    expect(commits).toEqual([4, expect.any(Number), 1])
    expect(commits[1]).toBeLessThan(4)
  })

  it('prefers a prepared commit that tells nearly as much', () => {
    const options = { width: 8, preparing: 20, prepared: new Set([70]) }
    expect(nextBatch(range, { observations: broken }, options)).toEqual([{ position: 70, runs: 8 }])
  })

  it('passes over commits that cannot be run for the nearest that can', () => {
    const untestable = new Set([60, 61, 62, 63, 64, 65, 66, 67])
    const [only] = nextBatch(range, { observations: broken, untestable }, { width: 8, maxCommits: 1 })
    expect([59, 68]).toContain(only?.position)
  })

  it('is at both ends where nothing is known, and where nothing rose', () => {
    const ends = [
      { position: 0, runs: 4 },
      { position: 127, runs: 4 },
    ]
    const sorted = (observations: Observation[]) =>
      nextBatch(range, { observations }, { width: 8 }).toSorted((a, b) => a.position - b.position)
    expect(sorted([])).toEqual(ends)
    expect(nextBatch(range, { observations: [] }, { width: 8, priorNone: 0 })).toHaveLength(2)
    expect(sorted([at(0, 2, 40), at(64, 1, 8), at(127, 2, 40)])).toEqual(ends)
    expect(sorted([at(0, 20, 400), at(127, 1, 20)])).toEqual([{ position: 127, runs: 8 }])
  })

  it('takes the nearest commits for ends that cannot be run', () => {
    const batch = nextBatch(range, { observations: [], untestable: new Set([0, 1, 126, 127]) }, { width: 2 })
    expect(batch.map(({ position }) => position).toSorted((a, b) => a - b)).toEqual([2, 125])
  })

  it('takes the commit that contains most for the newest that cannot be run', () => {
    // 0 – 1 – 2 – 3 – 5 and 0 – 4 – 5: the side branch is newer than the main line, and the merge cannot be run.
    const parents = [[], [0], [1], [2], [0], [3, 4]]
    const batch = nextBatch(commitRange(parents), { observations: [], untestable: new Set([5]) }, { width: 2 })
    expect(batch.map(({ position }) => position).toSorted((a, b) => a - b)).toEqual([0, 3])
  })

  it('is empty where fewer than two commits can be run', () => {
    expect(nextBatch(linearRange(3), { observations: [], untestable: new Set([0, 2]) }, { width: 4 })).toEqual([])
    expect(nextBatch(linearRange(1), { observations: [] }, { width: 4 })).toEqual([])
  })

  it('splits open branches of a history with merges', () => {
    // Two branches of four commits between 0 and the merge 9; the head is broken, the base and one branch are not.
    const parents = [[], [0], [0], [1], [2], [3], [4], [5], [6], [7, 8]]
    const observations = [at(0, 0, 50), at(9, 20, 20), at(7, 0, 20)]
    const [only] = nextBatch(commitRange(parents), { observations }, { width: 4, maxCommits: 1 })
    expect([4, 6]).toContain(only?.position)
  })

  it('refuses options that make no sense', () => {
    for (const options of [{ width: 0 }, { width: 1.5 }, { width: 1, preparing: -1 }, { width: 1, maxCommits: 0 }]) {
      expect(() => nextBatch(range, { observations: [] }, options)).toThrow(RangeError)
    }
  })
})
