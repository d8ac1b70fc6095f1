import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow'
import type { Fault } from '../activities/api.ts'

/** The code and message of what an activity threw; a time-out of Temporal itself counts as a lost run. */
export function faultOf(error: unknown): Fault {
  const cause = error instanceof ActivityFailure ? error.cause : error
  const code = cause instanceof ApplicationFailure ? (cause.type ?? 'internal') : 'run_lost'
  return { code, message: cause instanceof Error ? cause.message : String(cause) }
}

/** The same to be thrown on, final, with all that the caller is to know of it. */
export function refusalOf(error: unknown): ApplicationFailure {
  const { code, message } = faultOf(error)
  const cause = error instanceof ActivityFailure ? error.cause : error
  const details = cause instanceof ApplicationFailure ? (cause.details ?? []) : []
  return ApplicationFailure.nonRetryable(message, code, ...details)
}
