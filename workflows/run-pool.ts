import {
  CancellationScope,
  ChildWorkflowCancellationType,
  condition,
  ParentClosePolicy,
  startChild,
} from '@temporalio/workflow'
import { runWorkflowId } from '../src/contract/names.ts'
import type { LaneInput, LanePlace } from './api.ts'
import { hasHistoryLeft } from './history-budget.ts'
import { laneAttributes } from './search-attributes.ts'
import { SeedRun } from './seed-run.ts'

/** Runs queued beyond those that execute, so that no slot of the host idles while workflows talk. */
const MOST_QUEUED = 16

/** The runs of one commit: started in order of attempt, never more executing at once than the lane has slots. */
export class RunPool {
  inFlight = 0
  slots: number
  paused: boolean
  next: number
  /** Attempts to be started again: in flight on a host that was lost, or held by a pause. */
  readonly again: number[]
  readonly #input: LaneInput
  #failure: unknown

  constructor(input: LaneInput, next: number, again: readonly number[]) {
    this.#input = input
    this.next = next
    this.again = [...again]
    this.slots = input.slots
    this.paused = input.paused
  }

  get allStarted(): boolean {
    return this.next >= this.#input.plan.runs && this.again.length === 0
  }

  get #done(): boolean {
    return this.allStarted && this.inFlight === 0
  }

  /** Slots that no run of this lane will use any more. */
  get spareSlots(): number {
    return this.allStarted ? Math.max(0, this.slots - this.inFlight) : 0
  }

  /**
   * Where the host itself executes no more at once than the lane may, runs are queued ahead on it; they wait
   * there for a slot. Elsewhere the lane starts only what may execute.
   */
  #mayStart(place: LanePlace): boolean {
    if (this.paused) return false
    const ahead = this.slots >= place.slots ? Math.min(place.slots, MOST_QUEUED) : 0
    return this.inFlight < this.slots + ahead
  }

  /**
   * Starts runs until all have ended (`done`) or this history is full and all that were started have ended
   * (`history full`). Grows history by at most 9 events a run, within the limit of `hasHistoryLeft`. Cancelled,
   * it throws once nothing is in flight; what was is then in `again`.
   */
  async work(place: LanePlace, treeKey: string): Promise<'done' | 'history full'> {
    try {
      while (hasHistoryLeft(this.inFlight)) {
        await condition(() => this.#failure !== undefined || this.#done || (!this.allStarted && this.#mayStart(place)))
        if (this.#failure !== undefined) throw this.#failure
        if (this.#done) return 'done'
        // History has grown while waiting.
        if (hasHistoryLeft(this.inFlight)) this.#start(place, treeKey)
      }
      await condition(() => this.inFlight === 0)
      if (this.#failure !== undefined) throw this.#failure
      return this.#done ? 'done' : 'history full'
    } finally {
      await CancellationScope.nonCancellable(() => condition(() => this.inFlight === 0))
    }
  }

  #start({ taskQueue, waitMs }: LanePlace, treeKey: string): void {
    const { plan, sha } = this.#input
    const attempt = this.again.shift() ?? this.next++
    const run = { suite: plan.suite, sha, attempt, generation: 0 }
    const scope = CancellationScope.current()
    this.inFlight++
    startChild(SeedRun, {
      workflowId: runWorkflowId(run),
      args: [{ ...run, taskQueue, treeKey, timeoutMs: plan.timeoutMs, ...(waitMs === undefined ? {} : { waitMs }) }],
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
      staticSummary: `run ${attempt + 1} of ${plan.runs}`,
      ...laneAttributes(plan, sha),
    })
      .then((handle) => handle.result())
      .then(({ outcome }) => {
        if (outcome === 'held') this.again.push(attempt)
      })
      .catch((error: unknown) => {
        if (scope.consideredCancelled) this.again.push(attempt)
        else this.#failure ??= error
      })
      .finally(() => {
        this.inFlight--
      })
  }
}
