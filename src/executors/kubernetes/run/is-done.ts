import { CommitSuiteError, type ErrorCode } from '../../../contract/index.ts'

/** What the Temporal SDK aborts with when the worker ends and not the run. */
const SHUTDOWN = 'WORKER_SHUTDOWN'

/** The run itself goes well: it is stored later, not executed again. */
const STORAGE: ReadonlySet<ErrorCode> = new Set(['store_unavailable', 'artifact_store_failed'])

/**
 * Whether a run that failed with this error is over for good, so that its place can go: it was cancelled, or lost. A
 * worker that goes away, or whose store is away, leaves it where it is: asked for again, it is found there.
 */
export function isDone(error: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted) return error instanceof CommitSuiteError && !STORAGE.has(error.code)
  return !(signal.reason instanceof Error && signal.reason.message.includes(SHUTDOWN))
}
