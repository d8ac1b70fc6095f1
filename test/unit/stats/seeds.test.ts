import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LIMITS } from '../../../src/contract/index.ts'
import { drawSeeds, drawSeedsWithin } from '../../../src/stats/seeds.ts'

const anySeed = fc.integer({ min: 1, max: LIMITS.largestSeed })

describe('drawSeeds', () => {
  it('draws each seed once, within 1 … 2^31−1', () => {
    fc.assert(
      fc.property(anySeed, fc.integer({ min: 0, max: 2000 }), (seed, count) => {
        const seeds = drawSeeds(seed, count)
        expect(seeds).toHaveLength(count)
        expect(new Set(seeds).size).toBe(count)
        expect(seeds.every((s) => Number.isInteger(s) && s >= 1 && s <= LIMITS.largestSeed)).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  it('begins a longer draw with the shorter one', () => {
    fc.assert(
      fc.property(anySeed, (seed) => {
        expect(drawSeeds(seed, 50).slice(0, 20)).toEqual(drawSeeds(seed, 20))
      }),
      { numRuns: 30 },
    )
  })

  it('follows SplitMix64', () => {
    // The first outputs of SplitMix64 from state 1234567 are published with the generator:
    // 6457827717110365317, 3203168211198807973, 9817491932198370423.
    const upper31 = [6457827717110365317n, 3203168211198807973n, 9817491932198370423n].map((x) => Number(x >> 33n))
    expect(drawSeeds(1234567, 3)).toEqual(upper31)
  })
})

describe('seeds from a range', () => {
  it('are all of it in another order where as many are wanted, and the beginning of that where fewer are', () => {
    const all = drawSeedsWithin(7, 1000, { min: 11, max: 1010 })
    expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, index) => index + 11))
    expect(drawSeedsWithin(7, 10, { min: 11, max: 1010 })).toEqual(all.slice(0, 10))
    expect(drawSeedsWithin(8, 10, { min: 11, max: 1010 })).not.toEqual(all.slice(0, 10))
  })

  it('come from all of a wide range', () => {
    const drawn = drawSeedsWithin(7, 1000, { min: 1, max: 2 ** 31 - 1 })
    expect(new Set(drawn).size).toBe(1000)
    expect(drawn.filter((seed) => seed > 2 ** 30).length).toBeGreaterThan(400)
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(1)
  })
})
