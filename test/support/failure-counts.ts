/** Paths less likely than this are left out: of 100,000 runs they would add up to less than 10⁻⁹. */
const NEGLIGIBLE = 1e-17

/** The chances of 0 … n failures in n runs. */
export function binomial(runs: number, rate: number): Float64Array {
  let chances: Float64Array = Float64Array.of(1)
  for (let run = 1; run <= runs; run++) chances = oneRunMore(chances, rate)
  return chances
}

interface Following {
  rate: number
  /** The most runs. */
  runs: number
  /** Called for every count that can be reached, runs ascending; true takes the paths that are there out. */
  endsAt(failures: number, runs: number, chance: number): boolean
}

/** Follows the number of failures run by run, exactly; gives the chances of the counts that are left at the end. */
export function followCounts({ rate, runs, endsAt }: Following): Float64Array {
  let chances: Float64Array = Float64Array.of(1)
  for (let run = 1; run <= runs && chances.length > 0; run++) {
    chances = oneRunMore(chances, rate)
    for (const [failures, chance] of chances.entries()) {
      if (chance > 0 && (chance < NEGLIGIBLE || endsAt(failures, run, chance))) chances[failures] = 0
    }
    chances = chances.subarray(0, chances.findLastIndex((chance) => chance > 0) + 1)
  }
  return chances
}

function oneRunMore(chances: Float64Array, rate: number): Float64Array {
  const next = new Float64Array(chances.length + 1)
  for (const [failures, chance] of chances.entries()) {
    if (chance === 0) continue
    next[failures] = (next[failures] ?? 0) + chance * (1 - rate)
    next[failures + 1] = chance * rate
  }
  return next
}

export type Covers = (failures: number, runs: number) => boolean

/** The chance that an interval looked at after each run fails to cover the rate at least once. */
export function chanceOfEverMissing(rate: number, runs: number, covers: Covers): number {
  const coveredAt = trackCovered(covers)
  let missing = 0
  followCounts({
    rate,
    runs,
    endsAt: (failures, run, chance) => {
      const { from, to } = coveredAt(run)
      if (failures >= from && failures <= to) return false
      missing += chance
      return true
    },
  })
  return missing
}

/** Which counts of failures cover, run after run; few intervals are computed, as the ends hardly move between runs. */
function trackCovered(covers: Covers): (runs: number) => { from: number; to: number } {
  let at = 0
  let from = 0
  let to = 0
  return (runs) => {
    if (runs === at) return { from, to }
    at = runs
    while (from > 0 && covers(from - 1, runs)) from--
    while (from <= runs && !covers(from, runs)) from++
    to = Math.max(to, from)
    while (to < runs && covers(to + 1, runs)) to++
    while (to >= from && !covers(to, runs)) to--
    return { from, to }
  }
}
