import { ApplicationFailure, CancellationScope, sleep } from '@temporalio/workflow'
import type { SuitePlan } from './api.ts'

const TIMED_OUT = 'job_timed_out'

/** When a suite that begins now has to have ended, in ms since 1970; undefined where its plan has no deadline. */
export const endOf = ({ deadlineMs }: SuitePlan): number | undefined =>
  deadlineMs === undefined ? undefined : Date.now() + deadlineMs

/**
 * Does work until the deadline, which cancels it: then this fails with `job_timed_out` once the work has ended. Without
 * a deadline nothing is added to history, with one a timer: 2 events, 3 with its cancellation.
 */
export async function beforeDeadline<T>(endsAtMs: number | undefined, work: () => Promise<T>): Promise<T> {
  if (endsAtMs === undefined) return await work()
  const working = new CancellationScope()
  const timer = new CancellationScope()
  let late = false
  const ringing = timer
    .run(() => sleep(Math.max(1, endsAtMs - Date.now())))
    .then(() => {
      late = true
      working.cancel()
    })
    // Not needed any more.
    .catch(() => undefined)
  try {
    return await working.run(work)
  } catch (error) {
    if (late) throw ApplicationFailure.nonRetryable('The job did not end within its timeout.', TIMED_OUT)
    throw error
  } finally {
    timer.cancel()
    await ringing
  }
}

export const hasTimedOut = (error: unknown): boolean => error instanceof ApplicationFailure && error.type === TIMED_OUT
