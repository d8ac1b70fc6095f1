import { CommitSuiteError, type ErrorCode } from '../../../contract/index.ts'
import { wasCancelled } from '../../was-cancelled.ts'

/** The run itself goes well: it is stored later, not executed again. */
const STORAGE: ReadonlySet<ErrorCode> = new Set(['store_unavailable', 'artifact_store_failed'])

/**
 * Whether a run that failed with this error is over for good, so that its place can go: it was cancelled, or lost. A
 * worker that goes away, loses touch with Temporal, or whose store is away, leaves it where it is: asked for again, it
 * is found there.
 */
export const isDone = (error: unknown, signal: AbortSignal): boolean =>
  signal.aborted ? wasCancelled(signal) : error instanceof CommitSuiteError && !STORAGE.has(error.code)
