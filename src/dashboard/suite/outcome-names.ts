import type { Outcome } from '../../contract/result.ts'

/** As filters list them. */
export const OUTCOME_NAMES = [
  'failed',
  'timed_out',
  'crashed',
  'error',
  'cancelled',
  'passed',
] as const satisfies readonly Outcome[]
