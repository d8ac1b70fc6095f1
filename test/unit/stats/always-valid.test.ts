import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alwaysValid } from '../../../src/stats/always-valid.ts'
import { logBetaMixture } from '../../../src/stats/beta-mixture.ts'
import { clopperPearson } from '../../../src/stats/interval.ts'
import { chanceOfEverMissing } from '../../support/failure-counts.ts'

const counts = fc
  .record({ runs: fc.integer({ min: 1, max: 100_000 }), share: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ runs, share }) => ({ runs, failures: Math.round(share * runs) }))
const levels = fc.constantFrom(0.8, 0.9, 0.95, 0.99, 0.999)

/** ln of the mixture over the likelihood, by its definition. */
function logRatio(failures: number, runs: number, p: number): number {
  const logLikelihood =
    (failures === 0 ? 0 : failures * Math.log(p)) + (failures === runs ? 0 : (runs - failures) * Math.log1p(-p))
  return logBetaMixture(failures, runs) - logLikelihood
}

function wilson(failures: number, runs: number): { low: number; high: number } {
  const z = 1.959964
  const centre = (failures + z ** 2 / 2) / (runs + z ** 2)
  const half = (z * Math.sqrt((failures * (runs - failures)) / runs + z ** 2 / 4)) / (runs + z ** 2)
  return { low: centre - half, high: centre + half }
}

const isWithin = (rate: number, { low, high }: { low: number; high: number }) => low <= rate && rate <= high

describe('the Beta mixture', () => {
  it('is the mean likelihood under the arcsine prior', () => {
    // 1/π ∫ p^(y−½) (1−p)^(n−y−½) dp, by the substitution p = sin²(t).
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0, max: 1, noNaN: true }), (runs, share) => {
        const failures = Math.round(share * runs)
        const steps = 2_000
        let sum = 0
        for (let step = 0; step < steps; step++) {
          const p = Math.sin(((step + 0.5) / steps) * (Math.PI / 2)) ** 2
          sum += p ** failures * (1 - p) ** (runs - failures)
        }
        expect(Math.log(sum / steps)).toBeCloseTo(logBetaMixture(failures, runs), 6)
      }),
      { numRuns: 30 },
    )
  })
})

describe('the always-valid interval', () => {
  it('knows nothing without runs', () => {
    expect(alwaysValid(0, 0)).toEqual({ method: 'always-valid', level: 0.95, low: 0, high: 1 })
  })

  it('ends where the mixture is 1/α times as likely as the rate', () => {
    fc.assert(
      fc.property(counts, levels, ({ failures, runs }, level) => {
        const { low, high } = alwaysValid(failures, runs, level)
        // Near 1 a rate has only its own 16 digits left for its distance from 1.
        const digits = runs < 10_000 ? 6 : 3
        if (failures > 0) expect(logRatio(failures, runs, low)).toBeCloseTo(-Math.log(1 - level), digits)
        if (failures < runs) expect(logRatio(failures, runs, high)).toBeCloseTo(-Math.log(1 - level), digits)
      }),
    )
  })

  it('reaches exactly 0 without a failure and exactly 1 without a pass', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), levels, (runs, level) => {
        expect(alwaysValid(0, runs, level).low).toBe(0)
        expect(alwaysValid(runs, runs, level).high).toBe(1)
      }),
    )
  })

  it('has ends close to 0 and 1 too', () => {
    expect(alwaysValid(1, 100_000).low).toBeCloseTo(4.46e-10, 12)
    expect(1 - alwaysValid(99_999, 100_000).high).toBeCloseTo(4.46e-10, 12)
  })

  it('holds the observed rate, is narrower at a lower level, and is mirrored when passes and failures swap', () => {
    fc.assert(
      fc.property(counts, ({ failures, runs }) => {
        const { low, high } = alwaysValid(failures, runs)
        expect(low).toBeLessThanOrEqual(failures / runs)
        expect(high).toBeGreaterThanOrEqual(failures / runs)
        expect(alwaysValid(failures, runs, 0.9).low).toBeGreaterThanOrEqual(low)
        expect(alwaysValid(failures, runs, 0.9).high).toBeLessThanOrEqual(high)
        expect(alwaysValid(runs - failures, runs).low).toBeCloseTo(1 - high, 10)
      }),
    )
  })

  it('is never narrower than the interval for a number of runs fixed in advance', () => {
    fc.assert(
      fc.property(counts, levels, ({ failures, runs }, level) => {
        const fixed = clopperPearson(failures, runs, level)
        const sequential = alwaysValid(failures, runs, level)
        expect(sequential.low).toBeLessThanOrEqual(fixed.low + 1e-12)
        expect(sequential.high).toBeGreaterThanOrEqual(fixed.high - 1e-12)
      }),
    )
  })

  // The reference values of the shared page; exact here, not simulated.
  it.each([0.05, 0.1, 0.2])(
    'looked at after each of 1,000 runs, misses a rate of %d in 2 to 3.5 of 100 suites',
    (rate) => {
      const missing = chanceOfEverMissing(rate, 1_000, (failures, runs) => isWithin(rate, alwaysValid(failures, runs)))
      expect(missing).toBeGreaterThan(0.02)
      expect(missing).toBeLessThan(0.035)
    },
  )

  it.each([0.05, 0.1, 0.2])('where Wilson, looked at from the tenth run on, misses %d in 37 to 45', (rate) => {
    const covers = (failures: number, runs: number) => runs < 10 || isWithin(rate, wilson(failures, runs))
    const missing = chanceOfEverMissing(rate, 1_000, covers)
    expect(missing).toBeGreaterThan(0.37)
    expect(missing).toBeLessThan(0.45)
  })

  it('refuses counts and levels that make no sense', () => {
    expect(() => alwaysValid(3, 2)).toThrow(RangeError)
    expect(() => alwaysValid(0, -1)).toThrow(RangeError)
    expect(() => alwaysValid(0.5, 2)).toThrow(RangeError)
    expect(() => alwaysValid(1, 2, 1)).toThrow(RangeError)
  })
})
