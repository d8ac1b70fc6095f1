import { describe, expect, it } from 'vitest'
import { firstCrossing, followSprt, type Sprt } from '../../../src/stats/sprt.ts'
import { testSprtOf } from '../../../src/stats/test-sprt.ts'
import { seededRandom } from '../../support/random.ts'
import { sprtChances } from '../../support/sprt-chances.ts'

const USUAL = { maxFlakeRate: 0.05, confidence: 0.95 }

/** The chance that a test of that rate is ever called flaky, also after it was found passing. */
function everFlaky(sprt: Sprt, rate: number): number {
  const never = { ...sprt, boundaries: { ...sprt.boundaries, passing: Number.NEGATIVE_INFINITY } }
  return sprtChances(never, rate, 3_000).flaky
}

describe('the sequential test of one test among many', () => {
  it('divides α by the number of tests and leaves β alone', () => {
    const { alpha, beta, boundaries } = testSprtOf({ ...USUAL, tests: 200 })
    expect(alpha).toBeCloseTo(0.05 / 200, 12)
    expect(beta).toBeCloseTo(0.05, 12)
    expect(boundaries.flaky).toBeCloseTo(Math.log(200 / 0.05), 12)
    expect(boundaries.passing).toBeCloseTo(Math.log(0.05), 12)
  })

  it('calls any of m good tests flaky with a chance of at most 5 %, however many and however long', () => {
    for (const tests of [1, 10, 100, 1_000]) {
      const sprt = testSprtOf({ ...USUAL, tests })
      expect(tests * everFlaky(sprt, 0.01)).toBeLessThan(0.05)
    }
  })

  it('calls a test at the limit passing with a chance of at most 5 %', () => {
    expect(sprtChances(testSprtOf({ ...USUAL, tests: 100 }), 0.05).passing).toBeLessThan(0.05)
  })

  it('keeps to α where tests fail together, as an uncorrected one does not where they fail apart', () => {
    const random = seededRandom(11)
    const tests = 40
    const suites = 150
    const corrected = testSprtOf({ ...USUAL, tests })
    const uncorrected = testSprtOf({ ...USUAL, tests: 1 })
    const draw = () => Array.from({ length: 300 }, () => random() < 0.01)
    let together = 0
    let apartUncorrected = 0
    for (let suite = 0; suite < suites; suite++) {
      // Half of a run's failures strike all tests, the other half each on its own.
      const common = draw().map((fails) => fails && random() < 0.5)
      const own = Array.from({ length: tests }, draw)
      const sequences = own.map((failed) => failed.map((fails, run) => common[run] || (fails && random() < 0.5)))
      if (sequences.some((failed) => followSprt(corrected, failed).flakyAt !== null)) together++
      if (own.some((failed) => firstCrossing(uncorrected, failed).decision === 'flaky')) apartUncorrected++
    }
    expect(together / suites).toBeLessThanOrEqual(0.05)
    expect(apartUncorrected / suites).toBeGreaterThan(0.5)
  })

  it('refuses a family of no tests', () => {
    expect(() => testSprtOf({ ...USUAL, tests: 0 })).toThrow(RangeError)
  })
})
