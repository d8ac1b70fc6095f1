import { CancellationScope, continueAsNew, isCancellation, setCurrentDetails, setHandler } from '@temporalio/workflow'
import type { CommitReference } from '../activities/api.ts'
import { closeRuns, controlActivities, decide, failCommit, hostActivities, provisionEnvironment } from './activities.ts'
import type { LaneCursor, LaneInput, LanePlace, LaneResult } from './api.ts'
import { faultOf } from './fault.ts'
import { whileHeld } from './host-hold.ts'
import { grantSlotsSignal, setPausedSignal } from './messages.ts'
import { RunPool } from './run-pool.ts'
import { describeVerdict } from './search-attributes.ts'
import { givingSlotsBack } from './spare-slots.ts'
import { untilDecided } from './until-decided.ts'

/**
 * All runs of one commit: provision, prepare once, a bounded pool of `SeedRun` children, judge, release.
 * Moves to another host when its own falls silent; continues as new, drained, before its history passes 10,000
 * events. A lane never fails by a fault of the infrastructure: what could not be run is recorded as `error` and
 * the commit judged by the rest.
 */
export async function CommitLane(input: LaneInput, carried?: LaneCursor): Promise<LaneResult> {
  const pool = new RunPool(input, carried)
  setHandler(grantSlotsSignal, ({ slots }) => {
    pool.slots += slots
  })
  setHandler(setPausedSignal, ({ paused }) => {
    pool.paused = paused
  })
  let cursor = carried
  await pool.look()
  // An extension may have nothing to do here; what others showed of the commit stays as it is.
  if (pool.done) return await judge(input)
  for (;;) {
    // Decided before an extension, or just as the host was lost. What is carried has a host to give back first.
    if (cursor === undefined && pool.evidence.decides && (await pool.weighEvidence())) return await judge(input)
    const lane = await onOneHost(input, pool, cursor)
    if ('result' in lane) return lane.result
    if (lane.ended === 'history full') {
      const { slots, paused, next, again, looked } = pool
      const left = { next, again, ...(looked === undefined ? {} : { looked }) }
      return await continueAsNew<typeof CommitLane>({ ...input, slots, paused }, { ...lane.cursor, ...left })
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
  const { plan } = input
  const commit = commitOf(input)
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
    await closeLane(input, faultOf(error).code, pool)
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
  const { sha } = input
  const commit = commitOf(input)
  let treeKey = knownTree
  if (treeKey === undefined) {
    setCurrentDetails('preparing')
    const prepared = await hostActivities(place.taskQueue).prepareCommit(commit)
    if (!prepared.ok) return { result: await failSetup(input, prepared.reason, pool) }
    treeKey = prepared.treeKey
  }
  const key = treeKey
  setCurrentDetails(`running on ${place.node}`)
  const work = () => untilDecided(pool, () => pool.work(place, key))
  const ended = input.last ? await work() : await givingSlotsBack(pool, sha, work)
  return ended === 'history full' ? { ended, cursor: { place, treeKey } } : { result: await judge(input) }
}

const commitOf = ({ plan, sha }: LaneInput): CommitReference => ({
  suite: plan.suite,
  sha,
  ...(plan.extension === undefined ? {} : { extension: plan.extension }),
})

/** What the lane was to run and could not is `error`; of runs up to a cap what it had begun, or one to tell why. */
async function closeLane({ plan, sha }: LaneInput, reason: string, pool: RunPool): Promise<void> {
  const below = pool.evidence.decides ? Math.max(1, pool.next) : plan.runs
  await closeRuns({ suite: plan.suite, sha, outcome: 'error', reason, below })
}

/** A set-up that fails after earlier runs leaves runs behind that were asked for and never came about. */
async function failSetup(input: LaneInput, reason: string, pool: RunPool): Promise<LaneResult> {
  const { plan, sha } = input
  if (plan.extension !== undefined) await closeLane(input, reason, pool)
  const { verdict } = await failCommit({ ...commitOf(input), reason })
  return { sha, verdict }
}

async function judge(input: LaneInput): Promise<LaneResult> {
  const { plan, sha } = input
  const { verdict, evidence = plan.runs } = await decide(commitOf(input))
  describeVerdict(plan, verdict)
  setCurrentDetails(`**${verdict}** after ${evidence} runs`)
  return { sha, verdict }
}

async function release(queue: string, request: CommitReference & { keep: 'never' | 'failed' | 'always' }) {
  try {
    await controlActivities(queue).releaseEnvironment(request)
  } catch {
    // The host is gone or cannot clean up now: its next worker, or `gc`, removes what nobody owns.
  }
}
