import { LIMITS } from '../contract/index.ts'

const GOLDEN_GAMMA = 0x9e3779b97f4a7c15n
const MASK_64 = (1n << 64n) - 1n

/** One step of SplitMix64 (Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators"). */
function mix(state: bigint): bigint {
  let z = state
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK_64
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK_64
  return z ^ (z >> 31n)
}

/**
 * Draws seeds 1 … 2³¹−1 without replacement: the upper 31 bits of SplitMix64 started at `seed`, where 0 and
 * seeds drawn before are passed over. A longer draw begins with the shorter one, so that a suite can be extended.
 *
 * @param seed 1 … 2³¹−1, recorded with the suite
 * @param count how many
 */
export function drawSeeds(seed: number, count: number): number[] {
  const drawn = new Set<number>()
  let state = BigInt(seed)
  while (drawn.size < count) {
    state = (state + GOLDEN_GAMMA) & MASK_64
    const candidate = Number(mix(state) >> 33n)
    if (candidate >= 1 && candidate <= LIMITS.largestSeed) drawn.add(candidate)
  }
  return [...drawn]
}

/**
 * Draws seeds without replacement from a range: a shuffle (Fisher and Yates) of `min … max` that only goes as far as
 * it is needed, so that a longer draw begins with the shorter one here too.
 *
 * @param count at most the size of the range
 */
export function drawSeedsWithin(seed: number, count: number, { min, max }: { min: number; max: number }): number[] {
  const moved = new Map<number, number>()
  const at = (position: number) => moved.get(position) ?? min + position
  const drawn: number[] = []
  let state = BigInt(seed)
  for (let position = 0; position < count; position++) {
    state = (state + GOLDEN_GAMMA) & MASK_64
    // 63 bits against at most 31: no number is preferred by more than 2⁻³².
    const chosen = position + Number((mix(state) >> 1n) % BigInt(max - min + 1 - position))
    drawn.push(at(chosen))
    moved.set(chosen, at(position))
  }
  return drawn
}
