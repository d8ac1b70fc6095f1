/** What the Temporal SDK says when the activity was cancelled on request. */
const CANCELLED = 'CANCELLED'

/**
 * Whether whoever asked for the work does not want it any more. The SDK aborts an activity's signal for other reasons
 * too, with as many words: its heartbeat came too late (`NOT_FOUND`, `TIMED_OUT`), its worker ends
 * (`WORKER_SHUTDOWN`), people paused or reset it. All of these are followed by another attempt, perhaps before this
 * one has heard of its end: what it finds must be alive.
 */
export const wasCancelled = ({ aborted, reason }: AbortSignal): boolean =>
  aborted && reason instanceof Error && reason.message === CANCELLED
