import type { Interval } from '../contract/index.ts'
import { logBetaMixture } from './beta-mixture.ts'
import { assertCounts, assertLevel } from './counts.ts'
import { DEFAULT_LEVEL } from './interval.ts'

/**
 * Confidence sequence of a failure rate: it covers the rate at every n at once with probability ≥ 1 − α, so that it
 * may be looked at after each run and at any stop: Robbins' Beta mixture (Robbins 1970),
 * {p : B(½+y, ½+n−y) / (B(½, ½) pʸ (1−p)ⁿ⁻ʸ) < 1/α}. The ratio is a martingale under the true rate, and by Ville's
 * inequality it ever reaches 1/α with probability ≤ α.
 *
 * @param failures y, 0 ≤ y ≤ n
 * @param runs n ≥ 0, evidence in attempt order; without any the interval is [0, 1]
 * @param level 1 − α, in (0, 1)
 */
export function alwaysValid(failures: number, runs: number, level: number = DEFAULT_LEVEL): Interval {
  assertCounts(failures, runs, 0)
  assertLevel(level)
  // y ln p + (n−y) ln(1−p) has to stay above this; it is concave in p with its maximum at y/n, where it always does.
  const least = logBetaMixture(failures, runs) + Math.log(1 - level)
  return { method: 'always-valid', level, ...ends(failures, runs, least) }
}

function ends(failures: number, runs: number, least: number): { low: number; high: number } {
  if (runs === 0) return { low: 0, high: 1 }
  if (failures === 0) return { low: 0, high: -Math.expm1(least / runs) }
  if (failures === runs) return { low: Math.exp(least / runs), high: 1 }
  const isCovered = (p: number) => failures * Math.log(p) + (runs - failures) * Math.log1p(-p) > least
  const rate = failures / runs
  return { low: bisect(isCovered, rate, 0), high: bisect(isCovered, rate, 1) }
}

/** Where `isCovered` turns false between a covered and an uncovered point; of the last two neighbours the uncovered. */
function bisect(isCovered: (p: number) => boolean, covered: number, uncovered: number): number {
  let [inside, outside] = [covered, uncovered]
  for (;;) {
    const middle = (inside + outside) / 2
    if (middle === inside || middle === outside) return outside
    if (isCovered(middle)) inside = middle
    else outside = middle
  }
}
