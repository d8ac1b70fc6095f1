import { ChildWorkflowCancellationType, condition, ParentClosePolicy, startChild } from '@temporalio/workflow'
import { runWorkflowId } from '../src/contract/names.ts'
import type { LaneCursor, LaneInput } from './api.ts'
import { hasHistoryLeft } from './history-budget.ts'
import { laneAttributes } from './search-attributes.ts'
import { SeedRun } from './seed-run.ts'

/** The runs of one commit: started in order of attempt, never more at once than the lane has slots. */
export class RunPool {
  next: number
  inFlight = 0
  slots: number
  paused: boolean
  readonly #input: LaneInput
  readonly #cursor: LaneCursor
  #failure: unknown

  constructor(input: LaneInput, cursor: LaneCursor) {
    this.#input = input
    this.#cursor = cursor
    this.next = cursor.next
    this.slots = input.slots
    this.paused = input.paused
  }

  get allStarted(): boolean {
    return this.next >= this.#input.plan.runs
  }

  /** Slots that no run of this lane will use any more. */
  get spareSlots(): number {
    return this.allStarted ? this.slots - this.inFlight : 0
  }

  /**
   * Starts runs until all have ended (`done`) or this history is full and all that were started have ended
   * (`history full`). Grows history by at most 9 events a run, within the limit of `hasHistoryLeft`.
   */
  async work(): Promise<'done' | 'history full'> {
    while (!this.allStarted && hasHistoryLeft(this.inFlight)) {
      await condition(() => this.#failure !== undefined || (!this.paused && this.inFlight < this.slots))
      if (this.#failure !== undefined) throw this.#failure
      // History has grown while waiting.
      if (hasHistoryLeft(this.inFlight)) await this.#start(this.next++)
    }
    await condition(() => this.inFlight === 0)
    if (this.#failure !== undefined) throw this.#failure
    return this.allStarted ? 'done' : 'history full'
  }

  async #start(attempt: number): Promise<void> {
    const { plan, sha } = this.#input
    const run = { suite: plan.suite, sha, attempt, generation: 0 }
    this.inFlight++
    const child = startChild(SeedRun, {
      workflowId: runWorkflowId(run),
      args: [
        { ...run, taskQueue: this.#cursor.place.taskQueue, treeKey: this.#cursor.treeKey, timeoutMs: plan.timeoutMs },
      ],
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
      staticSummary: `run ${attempt + 1} of ${plan.runs}`,
      ...laneAttributes(plan, sha),
    })
    child
      .then((handle) => handle.result())
      .catch((error: unknown) => {
        this.#failure ??= error
      })
      .finally(() => {
        this.inFlight--
      })
  }
}
