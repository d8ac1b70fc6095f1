import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decisionAt, firstCrossing, followSprt, sprtOf } from '../../../src/stats/sprt.ts'
import { seededRandom } from '../../support/random.ts'
import { runsAsTheyEnd } from '../../support/slow-failures.ts'
import { fixedRuns, sprtChances } from '../../support/sprt-chances.ts'

const USUAL = { maxFlakeRate: 0.05, confidence: 0.95 }
const usual = sprtOf(USUAL)
const passes = (runs: number) => new Array<boolean>(runs).fill(false)
const anyOptions = fc.record({
  maxFlakeRate: fc.constantFrom(0.01, 0.05, 0.2, 0.5),
  confidence: fc.constantFrom(0.8, 0.95, 0.99),
})

describe('the sequential test', () => {
  it('has the largest flake rate as p1, a fifth of it as p0, and Wald’s boundaries', () => {
    expect(usual.p1).toBe(0.05)
    expect(usual.p0).toBeCloseTo(0.01, 12)
    expect(usual.boundaries.flaky).toBeCloseTo(Math.log(19), 12)
    expect(usual.boundaries.passing).toBeCloseTo(-Math.log(19), 12)
  })

  it('says flaky at the second failure in a row and passing at 72 passes', () => {
    expect(firstCrossing(usual, [true])).toEqual({ decision: 'continue', at: 1 })
    expect(firstCrossing(usual, [true, true, false])).toEqual({ decision: 'flaky', at: 2 })
    expect(firstCrossing(usual, passes(71))).toEqual({ decision: 'continue', at: 71 })
    expect(firstCrossing(usual, passes(200))).toEqual({ decision: 'passing', at: 72 })
  })

  it('answers with the first of two crossings', () => {
    expect(firstCrossing(usual, [...passes(72), true, true, true, true])).toEqual({ decision: 'passing', at: 72 })
    expect(firstCrossing(usual, [true, true, ...passes(500)])).toEqual({ decision: 'flaky', at: 2 })
  })

  it('decides at the first run whose counts lie beyond a boundary, and at none before', () => {
    fc.assert(
      fc.property(anyOptions, fc.array(fc.boolean(), { maxLength: 400 }), (options, failed) => {
        const sprt = sprtOf(options)
        const { decision, at } = firstCrossing(sprt, failed)
        const failuresIn = (runs: number) => failed.slice(0, runs).filter(Boolean).length
        expect(decisionAt(sprt, failuresIn(at), at)).toBe(decision)
        for (let runs = 1; runs < at; runs++) expect(decisionAt(sprt, failuresIn(runs), runs)).toBe('continue')
      }),
    )
  })

  it('counts all runs, also those beyond the decision', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 400 }), (failed) => {
        expect(followSprt(usual, failed)).toMatchObject({
          runs: failed.length,
          failures: failed.filter(Boolean).length,
        })
      }),
    )
  })

  it('refuses rates and confidences that make no sense', () => {
    for (const maxFlakeRate of [0, 1, -0.1, Number.NaN]) {
      expect(() => sprtOf({ ...USUAL, maxFlakeRate })).toThrow(RangeError)
    }
    for (const confidence of [0.5, 1, 0, Number.NaN]) {
      expect(() => sprtOf({ ...USUAL, confidence })).toThrow(RangeError)
    }
  })
})

// The reference values of the shared page, by following all paths; nothing is simulated.
describe('runs to a decision', () => {
  it('are 112.6 on average at p0 and 7.5 at a rate of .3', () => {
    expect(sprtChances(usual, 0.01).meanRuns).toBeCloseTo(112.6, 1)
    expect(sprtChances(usual, 0.3).meanRuns).toBeCloseTo(7.5, 1)
  })

  it('are most near a rate of .022, 159 at the worst', () => {
    const rates = [0.018, 0.02, 0.022, 0.023, 0.024, 0.026, 0.03]
    const means = rates.map((rate) => sprtChances(usual, rate).meanRuns)
    const worst = Math.max(...means)
    expect(worst).toBeGreaterThan(158)
    expect(worst).toBeLessThan(159.5)
    expect(rates[means.indexOf(worst)]).toBeGreaterThanOrEqual(0.022)
    expect(rates[means.indexOf(worst)]).toBeLessThan(0.026)
  })

  it('would be 181 for a fixed number with the same promises', () => {
    expect(fixedRuns(usual)).toBe(181)
  })
})

describe('the errors of the sequential test', () => {
  it('are at most 5 % at p0 and p1 and smaller beyond them', () => {
    expect(sprtChances(usual, 0.01).flaky).toBeLessThan(0.05)
    expect(sprtChances(usual, 0.005).flaky).toBeLessThan(sprtChances(usual, 0.01).flaky)
    expect(sprtChances(usual, 0.05).passing).toBeLessThan(0.05)
    expect(sprtChances(usual, 0.1).passing).toBeLessThan(sprtChances(usual, 0.05).passing)
  })

  it('add up to at most α + β for other rates and confidences', () => {
    for (const maxFlakeRate of [0.02, 0.1, 0.3, 0.5]) {
      for (const confidence of [0.8, 0.9, 0.99]) {
        const sprt = sprtOf({ maxFlakeRate, confidence })
        const errors = sprtChances(sprt, sprt.p0).flaky + sprtChances(sprt, sprt.p1).passing
        expect(errors).toBeLessThanOrEqual(2 * (1 - confidence))
      }
    }
  })

  it('come from the order: read as they end, slow failures are found passing', () => {
    const random = seededRandom(1)
    let inAttemptOrder = 0
    let inCompletionOrder = 0
    const suites = 400
    for (let suite = 0; suite < suites; suite++) {
      const failed = Array.from({ length: 1_000 }, () => random() < 0.05)
      const ended = runsAsTheyEnd({ failed, parallelism: 8, slowness: 300 })
      const asEnded = ended.map(({ attempt }) => failed[attempt] ?? false)
      if (firstCrossing(usual, failed).decision === 'passing') inAttemptOrder++
      if (firstCrossing(usual, asEnded).decision === 'passing') inCompletionOrder++
    }
    expect(inAttemptOrder / suites).toBeLessThan(0.07)
    expect(inCompletionOrder / suites).toBeGreaterThan(0.9)
  })
})
