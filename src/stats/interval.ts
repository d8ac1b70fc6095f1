import betaQuantile from '@stdlib/stats-base-dists-beta-quantile'
import type { Interval } from '../contract/index.ts'

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
  const alpha = 1 - level
  const low = failures === 0 ? 0 : betaQuantile(alpha / 2, failures, runs - failures + 1)
  const high = failures === runs ? 1 : betaQuantile(1 - alpha / 2, failures + 1, runs - failures)
  return { method: 'clopper-pearson', level, low, high }
}

/**
 * One-sided upper bound of the failure rate after n runs without a failure: 1 − α^(1/n).
 * Not to be mixed with the two-sided interval: choosing between the two covers less than the level.
 */
export function zeroFailureUpperBound(runs: number, level: number = DEFAULT_LEVEL): { level: number; value: number } {
  assertCounts(0, runs)
  assertLevel(level)
  return { level, value: 1 - (1 - level) ** (1 / runs) }
}

function assertCounts(failures: number, runs: number): void {
  if (!Number.isInteger(failures) || !Number.isInteger(runs) || runs < 1 || failures < 0 || failures > runs) {
    throw new RangeError(`failures and runs must be whole numbers with 0 <= ${failures} <= ${runs} and runs >= 1`)
  }
}

function assertLevel(level: number): void {
  if (!(level > 0 && level < 1)) throw new RangeError(`the level must lie between 0 and 1, not at ${level}`)
}
