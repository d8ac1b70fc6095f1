import { assertLevel } from './counts.ts'
import { DEFAULT_LEVEL } from './interval.ts'
import type { TestOutcome } from './test-verdicts.ts'

interface LeaveOptions {
  /** The largest failure rate of a test outside the quarantine, in (0, 1). */
  limit: number
  /** 1 − α */
  level?: number
}

export interface QuarantineExit {
  mayLeave: boolean
  /** Since the last failure. */
  passesInARow: number
  passesNeeded: number
  /** Runs since the last failure that ended before the test had a result: neither passes nor failures. */
  missing: number
}

/**
 * Whether a quarantined test has been stable long enough: n passes in a row show a rate of at most the limit,
 * 1 − α^(1/n) ≤ limit; 59 for 5 % and 299 for 1 % at 95 %. Each failure starts the count anew and with it the chance,
 * at most α, that a test with a higher rate gets so far: one that fails more often than the limit stays through 1/α
 * failures on average.
 *
 * @param outcomes oldest first, each seed once per commit, command and environment
 */
export function leaveQuarantine(outcomes: readonly TestOutcome[], options: LeaveOptions): QuarantineExit {
  const passesNeeded = neededPasses(options)
  const stretch = outcomes.slice(outcomes.lastIndexOf('failed') + 1)
  const passesInARow = stretch.filter((outcome) => outcome === 'passed').length
  const missing = stretch.filter((outcome) => outcome === 'missing').length
  return { mayLeave: passesInARow >= passesNeeded, passesInARow, passesNeeded, missing }
}

function neededPasses({ limit, level = DEFAULT_LEVEL }: LeaveOptions): number {
  assertLevel(level)
  if (!(limit > 0 && limit < 1)) throw new RangeError(`the limit must lie between 0 and 1, not at ${limit}`)
  return Math.ceil(Math.log(1 - level) / Math.log1p(-limit))
}
