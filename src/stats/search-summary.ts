import { alwaysValid } from './always-valid.ts'
import type { CommitRange } from './culprit/commit-range.ts'
import { type Counts, NO_RUNS, type Observation, plus } from './culprit/counts.ts'
import type { Posterior } from './culprit/posterior.ts'

/** Entropy of a posterior over its commits and "none", in bits: −Σ p log₂ p. */
export function entropyBits({ none, commits }: Posterior): number {
  const bits = (p: number) => (p > 0 ? -p * Math.log2(p) : 0)
  return commits.reduce((sum, p) => sum + bits(p), bits(none))
}

/** The commits by probability, the likeliest first, those at or above `least` only. */
export function likeliestCommits(
  { commits }: Posterior,
  { most, least }: { most: number; least: number },
): { position: number; probability: number }[] {
  const above = Array.from(commits, (probability, position) => ({ position, probability })).filter(
    ({ position, probability }) => position > 0 && probability >= least,
  )
  return above.toSorted((a, b) => b.probability - a.probability).slice(0, most)
}

/** How many commits, the likeliest first, hold a share of the probability that is not that of "none". */
export function plausibleCommits(found: Posterior, share: number): number {
  const wanted = share * (1 - found.none)
  let held = 0
  let count = 0
  for (const { probability } of likeliestCommits(found, { most: found.commits.length, least: 0 })) {
    if (held >= wanted) break
    held += probability
    count++
  }
  return count
}

/** The runs at commits without a candidate, and at those that contain it. */
export function countsAround(
  range: CommitRange,
  observations: readonly Observation[],
  candidate: number,
): { before: Counts; from: Counts } {
  const { true: from = [], false: before = [] } = Object.groupBy(observations, ({ position }) =>
    range.contains(position, candidate) ? 'true' : 'false',
  )
  return { before: before.reduce(plus, NO_RUNS), from: from.reduce(plus, NO_RUNS) }
}

/** A rate with the interval that may be looked at after each round; both null without a run. */
export function rateOf({ failures, runs }: Counts, level: number) {
  if (runs === 0) return { runs, failures, failureRate: null, interval: null }
  return { runs, failures, failureRate: failures / runs, interval: alwaysValid(failures, runs, level) }
}
