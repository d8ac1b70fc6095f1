import type { Counts } from '../../../src/stats/culprit/counts.ts'

/** What a search that cannot say "not sure" blames, and what it took. */
export interface Blame {
  position: number
  runs: number
}

type RunAt = (position: number, runs: number) => Counts

/** How often a commit is run, and from how many failures on it is called bad. */
export interface Reruns {
  times: number
  badFrom: number
}

export const ONCE: Reruns = { times: 1, badFrom: 1 }

/** What `git bisect run` does with linear history, its ends known: always the middle, each answer believed. */
export function bisect(size: number, runAt: RunAt, { times, badFrom }: Reruns): Blame {
  let [good, bad, runs] = [0, size - 1, 0]
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2)
    runs += times
    if (runAt(middle, times).failures >= badFrom) bad = middle
    else good = middle
  }
  return { position: bad, runs }
}

/** The rule for so many reruns that is right most often where both rates are known, which the user of a bisect does not. */
export function bestReruns(times: number, rateBefore: number, rateFrom: number): Reruns {
  const rules = Array.from({ length: times }, (_, index) => ({ times, badFrom: index + 1 }))
  const errors = ({ badFrom }: Reruns) => atLeast(badFrom, times, rateBefore) + 1 - atLeast(badFrom, times, rateFrom)
  return rules.reduce((best, rule) => (errors(rule) < errors(best) ? rule : best), { times, badFrom: 1 })
}

/** P(at least `failures` of `runs`) */
function atLeast(failures: number, runs: number, rate: number): number {
  if (failures <= 0) return 1
  if (runs === 0) return 0
  return rate * atLeast(failures - 1, runs - 1, rate) + (1 - rate) * atLeast(failures, runs - 1, rate)
}
