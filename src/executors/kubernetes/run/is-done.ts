import { CommitSuiteError } from '../../../contract/index.ts'

/** What the Temporal SDK aborts with when the worker ends and not the run. */
const SHUTDOWN = 'WORKER_SHUTDOWN'

/**
 * Whether a run that failed with this error is over for good, so that its place can go: it was cancelled, or lost. A
 * worker that goes away, or whose store is away, leaves it where it is: asked for again, it is found there.
 */
export function isDone(error: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted) return error instanceof CommitSuiteError
  return !(signal.reason instanceof Error && signal.reason.message.includes(SHUTDOWN))
}
