import {
  CancellationScope,
  ChildWorkflowCancellationType,
  condition,
  ParentClosePolicy,
  startChild,
  workflowInfo,
} from '@temporalio/workflow'
import { runWorkflowId } from '../src/contract/names.ts'
import { readUnfinished } from './activities.ts'
import type { LaneCursor, LaneInput, LanePlace, RunRef } from './api.ts'
import { Evidence } from './evidence.ts'
import { hasHistoryLeft } from './history-budget.ts'
import { laneAttributes } from './search-attributes.ts'
import { SeedRun } from './seed-run.ts'
import { withItsScope } from './with-its-scope.ts'

/** Runs queued beyond those that execute, so that no slot of the host idles while workflows talk. */
const MOST_QUEUED = 16

const attemptOf = (ref: RunRef): number => (typeof ref === 'number' ? ref : ref[0])

/** Runs read at once of those that an extension makes again: at most 10 KB of history. */
const UNFINISHED_AT_ONCE = 500

/**
 * The runs of one commit: started in order of attempt, those to be made again first, never more executing at once than
 * the lane has slots.
 */
export class RunPool {
  slots: number
  paused: boolean
  next: number
  /** Runs to be started again: in flight on a host that was lost, held by a pause, or left unfinished before. */
  readonly again: RunRef[]
  /** The last attempt below the plan's `from` that was looked at; undefined where none are left. */
  looked: number | undefined
  readonly evidence: Evidence
  readonly #input: LaneInput
  /** Attempts in flight. */
  readonly #running = new Set<number>()
  #failure: unknown

  constructor(input: LaneInput, carried: LaneCursor | undefined) {
    const { from } = input.plan
    this.#input = input
    this.evidence = new Evidence(input)
    this.next = carried?.next ?? from ?? 0
    this.again = [...(carried?.again ?? [])]
    this.looked = carried === undefined && from !== undefined ? -1 : carried?.looked
    this.slots = input.slots
    this.paused = input.paused
  }

  get inFlight(): number {
    return this.#running.size
  }

  get allStarted(): boolean {
    if (this.evidence.isDecided) return true
    return this.next >= this.#input.plan.runs && this.again.length === 0 && this.looked === undefined
  }

  get done(): boolean {
    return this.allStarted && this.inFlight === 0
  }

  /** Of an extension: looks for more runs to make again where none are at hand. Costs 1 event for 500 of them. */
  async look(): Promise<void> {
    if (this.looked === undefined || this.again.length > 0) return
    const { plan, sha } = this.#input
    const { suite, from = 0, errors = false } = plan
    const query = { suite, sha, after: this.looked, below: from, errors, limit: UNFINISHED_AT_ONCE }
    const runs = await readUnfinished(query)
    const last = runs.at(-1)
    this.again.push(
      ...runs.map(([attempt, generation]): RunRef => (generation === 0 ? attempt : [attempt, generation])),
    )
    this.looked = runs.length < UNFINISHED_AT_ONCE ? undefined : last?.[0]
  }

  /** The attempts below this one have ended and will not be made again. */
  get #finishedPrefix(): number {
    const unread = this.looked === undefined ? this.next : this.looked + 1
    const pending = [...this.#running, ...this.again.map(attemptOf)]
    return pending.reduce((least, attempt) => Math.min(least, attempt), Math.min(this.next, unread))
  }

  get hasNewEvidence(): boolean {
    return this.evidence.isWorthALook(this.#finishedPrefix, this.slots)
  }

  /** Whether the runs that have ended suffice; see `Evidence`. */
  async weighEvidence(): Promise<boolean> {
    return await this.evidence.weigh(this.#finishedPrefix)
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
    const attempt = attemptOf(this.again[0] ?? this.next)
    if (this.evidence.isTooFarAhead(attempt, this.#finishedPrefix, this.slots)) return false
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
        await this.look()
        await condition(() => this.#failure !== undefined || this.done || (!this.allStarted && this.#mayStart(place)))
        if (this.#failure !== undefined) throw this.#failure
        if (this.done) return 'done'
        // History has grown while waiting.
        if (hasHistoryLeft(this.inFlight)) this.#start(place, treeKey)
      }
      await condition(() => this.inFlight === 0)
      if (this.#failure !== undefined) throw this.#failure
      return this.done ? 'done' : 'history full'
    } finally {
      await CancellationScope.nonCancellable(() => condition(() => this.inFlight === 0))
    }
  }

  #start({ taskQueue, waitMs }: LanePlace, treeKey: string): void {
    const { plan, sha } = this.#input
    const ref = this.again.shift() ?? this.next++
    const attempt = attemptOf(ref)
    const generation = typeof ref === 'number' ? 0 : ref[1]
    const run = { suite: plan.suite, sha, attempt, generation }
    const options = { taskQueue, treeKey, timeoutMs: plan.timeoutMs, lane: workflowInfo().runId }
    const scope = CancellationScope.current()
    this.#running.add(attempt)
    withItsScope(
      startChild(SeedRun, {
        workflowId: runWorkflowId(run),
        args: [{ ...run, ...options, ...(waitMs === undefined ? {} : { waitMs }) }],
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
        staticSummary: `run ${attempt + 1} of ${plan.runs}${generation === 0 ? '' : ', repeated'}`,
        ...laneAttributes(plan, sha),
      }),
    )
      .then((handle) => handle.result())
      .then(({ outcome }) => {
        if (outcome === 'held') this.again.push(ref)
      })
      .catch((error: unknown) => {
        if (scope.consideredCancelled) this.again.push(ref)
        else this.#failure ??= error
      })
      .finally(() => {
        this.#running.delete(attempt)
      })
  }
}
