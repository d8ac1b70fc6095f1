/** The reason is what the Temporal SDK gives for a cancellation: `wasCancelled` of the executors knows it. */
const CANCELLED = 'CANCELLED'

/**
 * Tells the runs of a lane that it was cancelled, all at once. Their own cancellations follow one by one, each through
 * workflows of its own; meanwhile each run that ends would make room for one that nobody wants any more.
 */
export class LaneHolds {
  readonly #holds = new Map<string, AbortController>()

  /** `lane` is the run id of the lane's workflow: the next execution of a lane has runs of its own. */
  begin(lane: string): void {
    if (!this.#holds.has(lane)) this.#holds.set(lane, new AbortController())
  }

  /** The hold is given up by its lane, which has no runs any more or was cancelled. */
  cancel(lane: string): void {
    this.#holds.get(lane)?.abort(new Error(CANCELLED))
    this.#holds.delete(lane)
  }

  /** Ends the hold without a word to the runs: they go on. */
  forget(lane: string): void {
    this.#holds.delete(lane)
  }

  /** Aborts once the lane is cancelled; undefined where this worker does not hold it. */
  signalOf(lane: string | undefined): AbortSignal | undefined {
    return lane === undefined ? undefined : this.#holds.get(lane)?.signal
  }
}
