import {
  ChildWorkflowCancellationType,
  type ChildWorkflowHandle,
  ParentClosePolicy,
  startChild,
} from '@temporalio/workflow'
import { laneWorkflowId } from '../src/contract/names.ts'
import type { LaneResult, SuitePlan } from './api.ts'
import { CommitLane } from './commit-lane.ts'
import { grantSlotsSignal, setPausedSignal } from './messages.ts'
import { laneAttributes } from './search-attributes.ts'
import { SlotLedger } from './slot-ledger.ts'
import { withItsScope } from './with-its-scope.ts'

const FAIRNESS_KEY_BYTES = 64

interface OpenLane {
  handle: ChildWorkflowHandle<typeof CommitLane>
  ended: Promise<void>
}

/** The lanes of a suite that are open, and the slots they share. */
export class OpenLanes {
  readonly #ledger: SlotLedger
  readonly #lanes = new Map<string, OpenLane>()
  readonly results: LaneResult[] = []
  failure: unknown

  constructor(parallelism: number) {
    this.#ledger = new SlotLedger(parallelism)
  }

  get size(): number {
    return this.#lanes.size
  }

  get shas(): string[] {
    return [...this.#lanes.keys()]
  }

  async open(
    plan: SuitePlan,
    commit: { sha: string; subject: string },
    options: { paused: boolean; last: boolean },
  ): Promise<void> {
    const handle = await withItsScope(
      startChild(CommitLane, {
        workflowId: laneWorkflowId(plan.suite, commit.sha),
        args: [{ plan, sha: commit.sha, slots: this.#ledger.open(commit.sha), ...options }],
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
        priority: { priorityKey: plan.priority, fairnessKey: fairnessKey(plan.repoLabel ?? plan.repo) },
        staticSummary: `${commit.sha.slice(0, 12)} ${commit.subject}`.slice(0, 200),
        staticDetails: `${plan.runs} runs of commit ${commit.sha}`,
        ...laneAttributes(plan, commit.sha),
      }),
    )
    this.#lanes.set(commit.sha, { handle, ended: this.#follow(commit.sha, handle) })
  }

  /** A lane gave slots back: they go to the lane that wants more, if there is one. */
  async takeBack(sha: string, slots: number): Promise<void> {
    await this.#grant(this.#ledger.giveBack(sha, slots))
  }

  async setPaused(paused: boolean): Promise<void> {
    await Promise.all(
      [...this.#lanes.values()].map(({ handle }) => ignoreEnded(handle.signal(setPausedSignal, { paused }))),
    )
  }

  /** Resolves when every lane that is open now has ended, however it ended. */
  async ended(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map((lane) => lane.ended))
  }

  async #follow(sha: string, handle: ChildWorkflowHandle<typeof CommitLane>): Promise<void> {
    try {
      this.results.push(await handle.result())
    } catch (error) {
      this.failure ??= error
    }
    this.#lanes.delete(sha)
    await this.#grant(this.#ledger.close(sha))
  }

  async #grant(grant: { lane: string; slots: number } | undefined): Promise<void> {
    const lane = grant === undefined ? undefined : this.#lanes.get(grant.lane)
    if (grant !== undefined && lane !== undefined) {
      await ignoreEnded(lane.handle.signal(grantSlotsSignal, { slots: grant.slots }))
    }
  }
}

/** A lane that has just ended needs no signal any more. */
async function ignoreEnded(signalled: Promise<void>): Promise<void> {
  await signalled.catch(() => undefined)
}

/** Fairness keys are limited to 64 bytes; the end of a repository's address tells more than its beginning. */
function fairnessKey(repo: string): string {
  const ascii = repo.replaceAll(/[^\x20-\x7e]/g, '_')
  return ascii.slice(-FAIRNESS_KEY_BYTES)
}
