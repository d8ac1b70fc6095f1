import {
  CancellationScope,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  isCancellation,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import { closeRuns, controlActivities, decide, failCommit, hostActivities, provisionEnvironment } from './activities.ts'
import type { LaneCursor, LaneInput, LaneResult } from './api.ts'
import { faultOf } from './fault.ts'
import { grantSlotsSignal, setPausedSignal, slotsFreedSignal } from './messages.ts'
import { RunPool } from './run-pool.ts'
import { describeVerdict } from './search-attributes.ts'

/**
 * All runs of one commit: provision, prepare once, a bounded pool of `SeedRun` children, judge, release.
 * Continues as new, drained, before its history passes 10,000 events. A lane never fails by a fault of the
 * infrastructure: what could not be run is recorded as `error` and the commit judged by the rest.
 */
export async function CommitLane(input: LaneInput, carried?: LaneCursor): Promise<LaneResult> {
  const { suite, keep } = input.plan
  const { sha } = input
  const lane = { slots: input.slots, paused: input.paused, pool: undefined as RunPool | undefined }
  setHandler(grantSlotsSignal, ({ slots }) => {
    lane.slots += slots
    if (lane.pool !== undefined) lane.pool.slots = lane.slots
  })
  setHandler(setPausedSignal, ({ paused }) => {
    lane.paused = paused
    if (lane.pool !== undefined) lane.pool.paused = paused
  })

  let controlQueue = carried?.place.controlQueue
  let continuing: [LaneInput, LaneCursor] | undefined
  try {
    const ready = carried ?? (await makeReady(input, (queue) => (controlQueue = queue)))
    if ('failed' in ready) return ready.failed
    const pool = new RunPool({ ...input, ...lane }, ready)
    lane.pool = pool
    const ended = await work(pool, input)
    if (ended === 'history full') {
      continuing = [
        { ...input, slots: pool.slots, paused: pool.paused },
        { ...ready, next: pool.next },
      ]
    } else {
      const { verdict } = await decide({ suite, sha })
      describeVerdict(input.plan, verdict)
      setCurrentDetails(`**${verdict}** after ${input.plan.runs} runs`)
      return { sha, verdict }
    }
  } finally {
    const queue = controlQueue
    if (queue !== undefined && continuing === undefined) {
      await CancellationScope.nonCancellable(async () => {
        await release(queue, { suite, sha, keep })
        // Cancelled runs end on their own; the lane is the last to go.
        await condition(() => lane.pool === undefined || lane.pool.inFlight === 0)
      })
    }
  }
  return await continueAsNew<typeof CommitLane>(...continuing)
}

/** Finds a host and prepares the commit there; a commit that cannot be prepared has its verdict at once. */
async function makeReady(
  { plan, sha }: LaneInput,
  onPlace: (controlQueue: string) => void,
): Promise<LaneCursor | { failed: LaneResult }> {
  const commit = { suite: plan.suite, sha }
  try {
    setCurrentDetails('preparing')
    const place = await provisionEnvironment(commit)
    onPlace(place.controlQueue)
    const prepared = await hostActivities(place.taskQueue).prepareCommit(commit)
    if (prepared.ok) return { place, treeKey: prepared.treeKey, next: 0 }
    return { failed: { sha, ...(await failCommit({ ...commit, reason: prepared.reason })) } }
  } catch (error) {
    if (isCancellation(error)) throw error
    await closeRuns({ ...commit, outcome: 'error', reason: faultOf(error).code })
    return { failed: { sha, ...(await decide(commit)) } }
  }
}

async function work(pool: RunPool, input: LaneInput): Promise<'done' | 'history full'> {
  const giving = input.last ? undefined : giveSlotsBack(pool, input)
  const ended = await pool.work()
  await giving?.stop()
  return ended
}

/** Hands slots that this lane no longer needs to the suite, many with one signal. */
function giveSlotsBack(pool: RunPool, input: LaneInput): { stop(): Promise<void> } {
  let stopped = false
  const suite = workflowInfo().parent
  const loop = async () => {
    for (;;) {
      await condition(() => stopped || pool.spareSlots > 0)
      // With nothing in flight the lane is about to end, which frees its slots anyway.
      if (stopped || suite === undefined || pool.inFlight === 0) return
      const slots = pool.spareSlots
      pool.slots -= slots
      await getExternalWorkflowHandle(suite.workflowId).signal(slotsFreedSignal, { sha: input.sha, slots })
    }
  }
  // The suite may be gone, or this lane cancelled, which the pool notices too; a slot not handed over costs time only.
  const running = loop().catch(() => undefined)
  return {
    stop: () => {
      stopped = true
      return running
    },
  }
}

async function release(queue: string, request: { suite: string; sha: string; keep: 'never' | 'failed' | 'always' }) {
  try {
    await controlActivities(queue).releaseEnvironment(request)
  } catch {
    // The host is gone or cannot clean up now: its next worker, or `gc`, removes what nobody owns.
  }
}
