import { assertLevel } from '../counts.ts'

/**
 * Failure-free runs that prove a failure rate of at most x: the least n with (1 − x)ⁿ ≤ 1 − level, as
 * n = ⌈ln(1 − level) / ln(1 − x)⌉; 59 for 5 % at 95 %.
 *
 * A test whose rate is above x passes its first n runs after a supposed fix with a chance below 1 − level, and the first
 * failure ends the attempt: one may look after each run, and the claim is wrong for no more than 1 − level of the fixes
 * that are none. A next attempt needs another commit, later than that failure.
 *
 * @param maxRate x, in (0, 1)
 * @param level in (0, 1)
 */
export function runsOfProof(maxRate: number, level: number): number {
  assertLevel(level)
  assertLevel(maxRate)
  return Math.ceil(Math.log(1 - level) / Math.log(1 - maxRate))
}

const percent = (share: number): string => `${Number((share * 100).toFixed(3))} %`

/** The claim in words, as it stands in records: what is proved, how surely, and by how many new runs. */
export function claimOf({ maxRate, level, runs }: { maxRate: number; level: number; runs: number }): string {
  return `rate ≤ ${percent(maxRate)} at ${percent(level)}, ${runs} new runs`
}
