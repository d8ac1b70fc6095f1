import type { Outcome } from './result.ts'

/** Runs of a commit by outcome. */
export interface Tally {
  passed: number
  failed: number
  timedOut: number
  crashed: number
  errors: number
  cancelled: number
}
export const emptyTally = (): Tally => ({ passed: 0, failed: 0, timedOut: 0, crashed: 0, errors: 0, cancelled: 0 })

const TALLY_FIELD = {
  passed: 'passed',
  failed: 'failed',
  timed_out: 'timedOut',
  crashed: 'crashed',
  error: 'errors',
  cancelled: 'cancelled',
} as const satisfies Record<Outcome, keyof Tally>
export const tallyField = (outcome: Outcome): keyof Tally => TALLY_FIELD[outcome]
