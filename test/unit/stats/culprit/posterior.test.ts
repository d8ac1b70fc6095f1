import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CommitRange, commitRange, linearRange } from '../../../../src/stats/culprit/commit-range.ts'
import { type Counts, NO_RUNS, type Observation, plus } from '../../../../src/stats/culprit/counts.ts'
import { logLikelihood } from '../../../../src/stats/culprit/likelihood.ts'
import { logMarginal } from '../../../../src/stats/culprit/marginal.ts'
import { posterior } from '../../../../src/stats/culprit/posterior.ts'
import { logRateRose } from '../../../../src/stats/culprit/rate-order.ts'
import { anyHistory } from './histories.ts'

const at = (position: number, failures: number, runs: number): Observation => ({ position, failures, runs })
const total = (observations: readonly Counts[]) => observations.reduce(plus, NO_RUNS)

/** Bayes' rule candidate by candidate, with no classes and no logarithms of sums. */
function byDefinition(range: CommitRange, observations: Observation[], priorNone: number) {
  const weights = Array.from({ length: range.size - 1 }, (_, index) => {
    const [before, from] = [false, true].map((side) => {
      return total(observations.filter(({ position }) => range.contains(position, index + 1) === side))
    })
    return ((1 - priorNone) / (range.size - 1)) * Math.exp(logLikelihood(before ?? NO_RUNS, from ?? NO_RUNS))
  })
  const none = (range.size === 1 ? 1 : priorNone) * Math.exp(logMarginal(total(observations)))
  const sum = weights.reduce((a, b) => a + b, none)
  return { none: none / sum, commits: [0, ...weights.map((weight) => weight / sum)] }
}

describe('the likelihood of a culprit', () => {
  it('mixes a rise of the rate and a hard break', () => {
    const [before, from] = [
      { failures: 1, runs: 20 },
      { failures: 3, runs: 3 },
    ]
    const rise = Math.exp(logMarginal(from)) * 2 * Math.exp(logRateRose(before, from))
    expect(Math.exp(logLikelihood(before, from))).toBeCloseTo(Math.exp(logMarginal(before)) * (0.5 * rise + 0.5), 12)
    const onePassed = { failures: 3, runs: 4 }
    const riseOnly = Math.exp(logMarginal(onePassed) + logRateRose(before, onePassed))
    expect(Math.exp(logLikelihood(before, onePassed))).toBeCloseTo(Math.exp(logMarginal(before)) * riseOnly, 12)
  })

  it('is one where there is no run', () => {
    expect(logLikelihood(NO_RUNS, NO_RUNS)).toBeCloseTo(0, 12)
  })
})

describe('the posterior of a culprit search', () => {
  it('is the prior without evidence', () => {
    const { none, commits } = posterior(linearRange(5), { observations: [] })
    expect(none).toBeCloseTo(0.5, 12)
    expect([...commits]).toEqual([0, ...Array(4).fill(expect.closeTo(0.125, 12))])
    expect(posterior(linearRange(5), { observations: [] }, { priorNone: 0.2 }).none).toBeCloseTo(0.2, 12)
  })

  it('adds up to 1 and is that of each candidate by the definition, with linear history and with merges', () => {
    fc.assert(
      fc.property(
        anyHistory(12),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        ({ parents, observations }, priorNone) => {
          const range = commitRange(parents)
          const { none, commits } = posterior(range, { observations }, { priorNone })
          const expected = byDefinition(range, observations, priorNone)
          expect(commits.reduce((a, b) => a + b, none)).toBeCloseTo(1, 12)
          expect(none).toBeCloseTo(expected.none, 9)
          for (const [position, probability] of commits.entries()) {
            expect(probability).toBeCloseTo(expected.commits[position] ?? Number.NaN, 9)
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  it('does not depend on the order of the evidence, nor on how it is split', () => {
    fc.assert(
      fc.property(anyHistory(12), ({ parents, observations }) => {
        const range = commitRange(parents)
        const split = observations.flatMap(({ position, failures, runs }) => [
          at(position, 0, runs - failures),
          at(position, failures, failures),
        ])
        expect(posterior(range, { observations: split.toReversed() })).toEqual(posterior(range, { observations }))
      }),
    )
  })

  it('is not moved by commits that cannot be run, nor by runs without a result', () => {
    const observations = [at(0, 1, 20), at(9, 15, 20), at(4, 0, 6)]
    const known = posterior(linearRange(10), { observations })
    const withFaults = [...observations, at(4, 0, 0), at(6, 0, 0), at(7, 0, 0)]
    const skipped = posterior(linearRange(10), { observations: withFaults, untestable: new Set([6, 7]) })
    expect(skipped).toEqual(known)
    expect(skipped.commits[6]).toBe(skipped.commits[5])
    expect(skipped.commits[8]).toBe(skipped.commits[5])
  })

  it('names the commit that broke a test, and the one that raised its rate', () => {
    const broken = [at(0, 10, 200), at(60, 0, 8), at(61, 8, 8), at(127, 20, 20)]
    expect(posterior(linearRange(128), { observations: broken }).commits[61]).toBeGreaterThan(0.99)
    const raised = [at(0, 40, 200), at(60, 8, 40), at(61, 32, 40), at(127, 16, 20)]
    expect(posterior(linearRange(128), { observations: raised }).commits[61]).toBeGreaterThan(0.99)
  })

  it('never blames the commit that mended a test', () => {
    const mended = [at(0, 160, 200), at(60, 32, 40), at(61, 4, 40), at(127, 2, 20)]
    const { none, commits } = posterior(linearRange(128), { observations: mended })
    expect(commits[61]).toBeLessThan(0.01)
    expect(none).toBeGreaterThan(0.9)
  })

  it('tells a culprit on a branch by the commits that contain it', () => {
    // 0 – 1 – 3 – 5 and 0 – 2 – 4 – 5: the branch fails, the main line does not until it is merged.
    const range = commitRange([[], [0], [0], [1], [2], [3, 4]])
    const observations = [at(0, 0, 20), at(3, 0, 10), at(5, 10, 10), at(2, 0, 10)]
    expect(posterior(range, { observations }).commits[4]).toBeGreaterThan(0.45)
    const failing = posterior(range, { observations: [...observations, at(4, 10, 10)] })
    expect(failing.commits[4]).toBeGreaterThan(0.99)
    const passing = posterior(range, { observations: [...observations, at(4, 0, 10)] })
    expect(passing.commits[5]).toBeGreaterThan(0.99)
  })

  it('refuses evidence and a prior that make no sense', () => {
    const range = linearRange(3)
    expect(() => posterior(range, { observations: [at(3, 0, 1)] })).toThrow(
      'position 3 must be a whole number from 0 to 2',
    )
    expect(() => posterior(range, { observations: [at(0, 2, 1)] })).toThrow(RangeError)
    expect(() => posterior(range, { observations: [] }, { priorNone: 1 })).toThrow('priorNone')
  })
})
