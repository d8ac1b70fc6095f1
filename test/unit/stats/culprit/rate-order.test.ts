import betainc from '@stdlib/math-base-special-betainc'
import betaln from '@stdlib/math-base-special-betaln'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Counts } from '../../../../src/stats/culprit/counts.ts'
import { logRateRose, logRateRoseMoreBefore, logRateRoseMoreFrom } from '../../../../src/stats/culprit/rate-order.ts'

const counts = (most: number) =>
  fc
    .record({ runs: fc.integer({ min: 0, max: most }), share: fc.double({ min: 0, max: 1, noNaN: true }) })
    .map(({ runs, share }): Counts => ({ runs, failures: Math.round(share * runs) }))

/** ∫ f_before(x) P(p_from > x) dx by the double exponential rule (Takahasi & Mori 1974). */
function byQuadrature(before: Counts, from: Counts): number {
  const [a, b] = [0.5 + from.failures, 0.5 + from.runs - from.failures]
  const [c, d] = [0.5 + before.failures, 0.5 + before.runs - before.failures]
  const width = 1 / 128
  let sum = 0
  for (let node = -480; node <= 480; node++) {
    const u = (Math.PI / 2) * Math.sinh(node * width)
    const [x, rest] = [1 / (1 + Math.exp(-2 * u)), 1 / (1 + Math.exp(2 * u))]
    if (x === 0 || rest === 0) continue
    const density = Math.exp((c - 1) * Math.log(x) + (d - 1) * Math.log(rest) - betaln(c, d))
    sum += width * Math.PI * Math.cosh(node * width) * x * rest * density * betainc(x, a, b, true, true)
  }
  return sum
}

describe('the probability that a rate rose', () => {
  it('is one half where nothing is known, and where both sides look the same', () => {
    expect(Math.exp(logRateRose({ failures: 0, runs: 0 }, { failures: 0, runs: 0 }))).toBe(0.5)
    expect(Math.exp(logRateRose({ failures: 7, runs: 30 }, { failures: 7, runs: 30 }))).toBeCloseTo(0.5, 12)
  })

  it('is the integral over both posteriors', () => {
    fc.assert(
      fc.property(counts(300), counts(300), (before, from) => {
        const integral = byQuadrature(before, from)
        if (integral > 1e-250) expect(logRateRose(before, from)).toBeCloseTo(Math.log(integral), 7)
      }),
      { numRuns: 200 },
    )
  })

  it('keeps its digits where it is very small', () => {
    // 4.7913432281e-26 by the integral above, over a finer grid.
    const fell = logRateRose({ failures: 80, runs: 100 }, { failures: 10, runs: 100 })
    expect(Math.exp(fell) / 4.791343228143e-26).toBeCloseTo(1, 9)
    expect(logRateRose({ failures: 10_000, runs: 10_000 }, { failures: 0, runs: 10_000 })).toBeLessThan(-10_000)
  })

  it('is the same for a row of outcomes as for each of them', () => {
    fc.assert(
      fc.property(counts(250), counts(60), fc.integer({ min: 1, max: 16 }), (before, from, more) => {
        const moreFrom = logRateRoseMoreFrom(before, from, more)
        const moreBefore = logRateRoseMoreBefore(before, from, more)
        for (let failures = 0; failures <= more; failures++) {
          const grow = (side: Counts) => ({ failures: side.failures + failures, runs: side.runs + more })
          expect(moreFrom[failures]).toBeCloseTo(logRateRose(before, grow(from)), 7)
          expect(moreBefore[failures]).toBeCloseTo(logRateRose(grow(before), from), 7)
        }
      }),
    )
  })
})
