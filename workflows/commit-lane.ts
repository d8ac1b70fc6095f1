import { CancellationScope, continueAsNew, isCancellation, setCurrentDetails, setHandler } from '@temporalio/workflow'
import { closeRuns, controlActivities, decide, failCommit, hostActivities, provisionEnvironment } from './activities.ts'
import type { LaneCursor, LaneInput, LanePlace, LaneResult } from './api.ts'
import { faultOf } from './fault.ts'
import { whileHeld } from './host-hold.ts'
import { grantSlotsSignal, setPausedSignal } from './messages.ts'
import { RunPool } from './run-pool.ts'
import { describeVerdict } from './search-attributes.ts'
import { givingSlotsBack } from './spare-slots.ts'

/**
 * All runs of one commit: provision, prepare once, a bounded pool of `SeedRun` children, judge, release.
 * Moves to another host when its own falls silent; continues as new, drained, before its history passes 10,000
 * events. A lane never fails by a fault of the infrastructure: what could not be run is recorded as `error` and
 * the commit judged by the rest.
 */
export async function CommitLane(input: LaneInput, carried?: LaneCursor): Promise<LaneResult> {
  const pool = new RunPool(input, carried?.next ?? 0, carried?.again ?? [])
  setHandler(grantSlotsSignal, ({ slots }) => {
    pool.slots += slots
  })
  setHandler(setPausedSignal, ({ paused }) => {
    pool.paused = paused
  })
  let cursor = carried
  for (;;) {
    const lane = await onOneHost(input, pool, cursor)
    if ('result' in lane) return lane.result
    if (lane.ended === 'history full') {
      const { slots, paused, next, again } = pool
      return await continueAsNew<typeof CommitLane>({ ...input, slots, paused }, { ...lane.cursor, next, again })
    }
    cursor = undefined
  }
}

type HostEnding =
  | { result: LaneResult }
  | { ended: 'history full'; cursor: Pick<LaneCursor, 'place' | 'treeKey'> }
  | { ended: 'host lost' }

/** As much of the lane as one host can do; gives the host back unless the next execution goes on with it. */
async function onOneHost(input: LaneInput, pool: RunPool, carried: LaneCursor | undefined): Promise<HostEnding> {
  const { plan, sha } = input
  const commit = { suite: plan.suite, sha }
  let place = carried?.place
  let ending: HostEnding | undefined
  try {
    place ??= await provisionEnvironment(commit)
    const host = place
    const ended = await whileHeld(host, commit, () => workOn(host, input, pool, carried?.treeKey))
    ending = ended === 'host lost' ? { ended } : ended
    return ending
  } catch (error) {
    if (isCancellation(error)) throw error
    await closeRuns({ ...commit, outcome: 'error', reason: faultOf(error).code })
    return { result: await judge(input) }
  } finally {
    const goesOn = ending !== undefined && 'ended' in ending
    const queue = place?.controlQueue
    if (queue !== undefined && !goesOn) {
      await CancellationScope.nonCancellable(() => release(queue, { ...commit, keep: plan.keep }))
    }
  }
}

/** Prepares the commit and runs it; a commit whose set-up fails has its verdict at once. */
async function workOn(
  place: LanePlace,
  input: LaneInput,
  pool: RunPool,
  knownTree: string | undefined,
): Promise<Exclude<HostEnding, { ended: 'host lost' }>> {
  const { plan, sha } = input
  const commit = { suite: plan.suite, sha }
  let treeKey = knownTree
  if (treeKey === undefined) {
    setCurrentDetails('preparing')
    const prepared = await hostActivities(place.taskQueue).prepareCommit(commit)
    if (!prepared.ok) return { result: { sha, ...(await failCommit({ ...commit, reason: prepared.reason })) } }
    treeKey = prepared.treeKey
  }
  const key = treeKey
  setCurrentDetails(`running on ${place.node}`)
  const work = () => pool.work(place, key)
  const ended = input.last ? await work() : await givingSlotsBack(pool, sha, work)
  return ended === 'done' ? { result: await judge(input) } : { ended, cursor: { place, treeKey } }
}

async function judge({ plan, sha }: LaneInput): Promise<LaneResult> {
  const { verdict } = await decide({ suite: plan.suite, sha })
  describeVerdict(plan, verdict)
  setCurrentDetails(`**${verdict}** after ${plan.runs} runs`)
  return { sha, verdict }
}

async function release(queue: string, request: { suite: string; sha: string; keep: 'never' | 'failed' | 'always' }) {
  try {
    await controlActivities(queue).releaseEnvironment(request)
  } catch {
    // The host is gone or cannot clean up now: its next worker, or `gc`, removes what nobody owns.
  }
}
