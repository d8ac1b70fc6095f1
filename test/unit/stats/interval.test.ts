import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clopperPearson, zeroFailureUpperBound } from '../../../src/stats/interval.ts'

/** P(X <= k) of a binomial, summed in logarithms: an independent way to the same interval. */
function binomialCdf(k: number, n: number, p: number): number {
  let logTerm = n * Math.log1p(-p)
  let sum = Math.exp(logTerm)
  for (let i = 1; i <= k; i++) {
    logTerm += Math.log((n - i + 1) / i) + Math.log(p) - Math.log1p(-p)
    sum += Math.exp(logTerm)
  }
  return sum
}

describe('clopperPearson', () => {
  it('agrees with published values', () => {
    // R: binom.test(23, 100)$conf.int
    expect(clopperPearson(23, 100)).toMatchObject({ method: 'clopper-pearson', level: 0.95 })
    expect(clopperPearson(23, 100).low).toBeCloseTo(0.1517316, 6)
    expect(clopperPearson(23, 100).high).toBeCloseTo(0.3248587, 6)
  })

  it('reaches 0 without a failure and 1 without a pass', () => {
    expect(clopperPearson(0, 10)).toMatchObject({ low: 0 })
    expect(clopperPearson(0, 10).high).toBeCloseTo(0.3084971, 6)
    expect(clopperPearson(10, 10)).toMatchObject({ high: 1 })
    expect(clopperPearson(10, 10).low).toBeCloseTo(0.6915029, 6)
  })

  it('puts half of alpha into each tail', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 300 }), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (n, share) => {
        const y = Math.min(n - 1, Math.max(1, Math.round(share * n)))
        const { low, high } = clopperPearson(y, n)
        expect(binomialCdf(y, n, high)).toBeCloseTo(0.025, 6)
        expect(1 - binomialCdf(y - 1, n, low)).toBeCloseTo(0.025, 6)
      }),
    )
  })

  it('covers p = 0.01 at n = 50 with probability .986', () => {
    const n = 50
    const p = 0.01
    let coverage = 0
    for (let y = 0; y <= n; y++) {
      const { low, high } = clopperPearson(y, n)
      const probability = binomialCdf(y, n, p) - (y === 0 ? 0 : binomialCdf(y - 1, n, p))
      if (low <= p && p <= high) coverage += probability
    }
    expect(coverage).toBeCloseTo(0.986, 3)
  })

  it('refuses counts and levels that make no sense', () => {
    expect(() => clopperPearson(3, 2)).toThrow(RangeError)
    expect(() => clopperPearson(0, 0)).toThrow(RangeError)
    expect(() => clopperPearson(-1, 2)).toThrow(RangeError)
    expect(() => clopperPearson(0.5, 2)).toThrow(RangeError)
    expect(() => clopperPearson(1, 2, 1)).toThrow(RangeError)
  })
})

describe('zeroFailureUpperBound', () => {
  it('proves less than 5 % with 59 runs and less than 1 % with 299', () => {
    expect(zeroFailureUpperBound(58).value).toBeGreaterThan(0.05)
    expect(zeroFailureUpperBound(59).value).toBeLessThan(0.05)
    expect(zeroFailureUpperBound(298).value).toBeGreaterThan(0.01)
    expect(zeroFailureUpperBound(299).value).toBeLessThan(0.01)
  })
})
