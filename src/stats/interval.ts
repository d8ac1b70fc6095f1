import betaQuantile from '@stdlib/stats-base-dists-beta-quantile'
import type { Interval } from '../contract/index.ts'
import { assertCounts, assertLevel } from './counts.ts'

export const DEFAULT_LEVEL = 0.95

/**
 * Two-sided Clopper–Pearson interval of a failure rate, for a number of runs fixed in advance:
 * [BetaInv(α/2; y, n−y+1), BetaInv(1−α/2; y+1, n−y)] (Clopper & Pearson 1934).
 *
 * @param failures y, 0 ≤ y ≤ n
 * @param runs n ≥ 1
 * @param level 1 − α, in (0, 1)
 */
export function clopperPearson(failures: number, runs: number, level: number = DEFAULT_LEVEL): Interval {
  assertCounts(failures, runs)
  assertLevel(level)
  return betweenBetaQuantiles(failures, runs, level)
}

/** Clopper and Pearson's formula, which is defined for counts that are not whole too: see overdispersion.ts. */
export function betweenBetaQuantiles(failures: number, runs: number, level: number): Interval {
  const alpha = 1 - level
  const low = failures === 0 ? 0 : betaQuantile(alpha / 2, failures, runs - failures + 1)
  const high = failures === runs ? 1 : betaQuantile(1 - alpha / 2, failures + 1, runs - failures)
  return { method: 'clopper-pearson', level, low, high }
}

/**
 * One-sided upper bound of the failure rate after n runs without a failure: 1 − α^(1/n).
 * Not to be mixed with the two-sided interval: choosing between the two covers less than the level.
 * It may be looked at after each run, as long as it is read only where no run failed so far: it is wrong at some n
 * only where the runs up to the first n with (1 − p)ⁿ < α all passed, and the chance of that is below α.
 */
export function zeroFailureUpperBound(runs: number, level: number = DEFAULT_LEVEL): { level: number; value: number } {
  assertCounts(0, runs)
  assertLevel(level)
  return { level, value: 1 - (1 - level) ** (1 / runs) }
}
