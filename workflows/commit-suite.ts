import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import type { NumberedExtension } from '../src/contract/extension.ts'
import { suiteIdOfWorkflow } from '../src/contract/names.ts'
import type { SuiteRequest } from '../src/contract/suite.ts'
import {
  admitSuite,
  closeRuns,
  completeSuite,
  failSuite,
  readCommits,
  recordPause,
  resolveCommits,
} from './activities.ts'
import type { SuiteCursor, SuitePlan, SuiteResult } from './api.ts'
import { beforeDeadline, endOf, hasTimedOut } from './deadline.ts'
import { faultOf, refusalOf } from './fault.ts'
import { hasHistoryLeft } from './history-budget.ts'
import { pauseUpdate, progressQuery, resumeUpdate, slotsFreedSignal } from './messages.ts'
import { OpenLanes } from './open-lanes.ts'
import { admit, goAhead, isDone, isThrough, ofExtension, takeExtensions } from './rounds.ts'
import { describeSuite } from './search-attributes.ts'

/** The next lane prepares while the current one drains; more would only wait for slots. */
const OPEN_LANES = 2
/** Commits read at once; 200 subjects are about 50 KB of history. */
const SLICE = 200

/**
 * A suite: resolves the commits, then one lane per commit, at most two open. Anyone may start it; its first
 * step validates the input. A suite that has ended is extended by another execution under its id, with the extension;
 * one that is open by the update `extend`: it goes through its commits once more. Continues as new, drained, before its
 * history passes 10,000 events.
 */
export async function CommitSuite(
  request: SuiteRequest,
  carried?: SuiteCursor | null,
  extension?: NumberedExtension,
): Promise<SuiteResult> {
  const suite = suiteIdOfWorkflow(workflowInfo().workflowId)
  let finishing = false
  let begun = carried ?? undefined
  takeExtensions(suite, {
    mayExtend: () => mustBeOpen(suite, finishing),
    cursor: () => begun,
  })
  begun ??= await (extension === undefined ? begin(suite, request) : reopen(suite, extension))
  const cursor = begun
  const lanes = new OpenLanes(cursor.plan.parallelism)
  handleMessages(cursor, lanes, () => mustBeOpen(suite, finishing))
  showProgress(cursor, lanes)
  try {
    do {
      goAhead(cursor)
      await beforeDeadline(cursor.endsAtMs, () => openAllLanes(cursor, lanes))
      finishing = isDone(cursor)
      await condition(allHandlersFinished)
      // An extension that was on its way by then still counts.
      finishing = isDone(cursor)
    } while (!finishing && isThrough(cursor))
    if (finishing) {
      await completeSuite({ suite, status: 'completed', ...ofExtension(cursor) })
      return { suite, status: 'completed', verdicts: cursor.verdicts }
    }
  } catch (error) {
    finishing = true
    await CancellationScope.nonCancellable(() => end(cursor, lanes, error))
    throw error
  }
  return await continueAsNew<typeof CommitSuite>(request, cursor)
}

async function begin(suite: string, request: SuiteRequest): Promise<SuiteCursor> {
  try {
    await admitSuite({ suite, request })
    setCurrentDetails('fetching the repository and resolving commits')
    const plan = await resolveCommits({ suite })
    describeSuite(plan)
    return { plan, next: 0, verdicts: {}, paused: false, pauses: 0, ...deadlineOf(plan) }
  } catch (error) {
    const fault = faultOf(error)
    await CancellationScope.nonCancellable(() => failSuite({ suite, fault, cancelled: isCancellation(error) }))
    if (isCancellation(error)) throw error
    throw refusalOf(error)
  }
}

/** A refused extension leaves the suite as it ended. */
async function reopen(suite: string, extension: NumberedExtension): Promise<SuiteCursor> {
  const { plan, pauses } = await admit(suite, extension)
  describeSuite(plan)
  return { plan, next: 0, verdicts: {}, paused: false, pauses, ...deadlineOf(plan) }
}

function deadlineOf(plan: SuitePlan): { endsAtMs?: number } {
  const endsAtMs = endOf(plan)
  return endsAtMs === undefined ? {} : { endsAtMs }
}

function mustBeOpen(suite: string, finishing: boolean): void {
  if (finishing) throw ApplicationFailure.nonRetryable(`suite ${suite} is ending`, 'suite_not_running')
}

function handleMessages(cursor: SuiteCursor, lanes: OpenLanes, assertOpen: () => void): void {
  const { suite, commits } = cursor.plan
  const switchTo = async (paused: boolean) => {
    cursor.paused = paused
    const ordinal = ++cursor.pauses
    // Lanes stop before the pause is on record and go on after its end is: what is held is not started meanwhile.
    if (paused) await lanes.setPaused(true)
    await recordPause({ suite, paused, ordinal })
    if (!paused) await lanes.setPaused(false)
    showProgress(cursor, lanes)
  }
  setHandler(pauseUpdate, (_note?: string) => switchTo(true), {
    validator: (_note?: string) => {
      assertOpen()
      if (cursor.paused) throw ApplicationFailure.nonRetryable(`suite ${suite} is paused already`, 'suite_not_running')
    },
  })
  setHandler(resumeUpdate, () => switchTo(false), {
    validator: () => {
      assertOpen()
      if (!cursor.paused) throw ApplicationFailure.nonRetryable(`suite ${suite} is not paused`, 'suite_not_running')
    },
  })
  setHandler(slotsFreedSignal, ({ sha, slots }) => lanes.takeBack(sha, slots))
  setHandler(progressQuery, () => ({
    suite,
    status: cursor.paused ? 'paused' : 'running',
    commits,
    finished: countFinished(cursor),
    open: lanes.shas,
  }))
}

/** Opens lanes in order until every commit had one, or this history is full; returns when all have ended. */
async function openAllLanes(cursor: SuiteCursor, lanes: OpenLanes): Promise<void> {
  const { suite, commits } = cursor.plan
  let slice: { sha: string; subject: string }[] = []
  while (cursor.next < commits && hasRoom(lanes)) {
    if (slice.length === 0) slice = await readCommits({ suite, from: cursor.next, limit: SLICE })
    await condition(() => lanes.failure !== undefined || (!cursor.paused && lanes.size < OPEN_LANES))
    collect(cursor, lanes)
    const commit = slice.shift()
    if (commit === undefined)
      throw ApplicationFailure.nonRetryable(`commit ${cursor.next} is not on record`, 'internal')
    const last = ++cursor.next === commits
    await lanes.open(cursor.plan, commit, { paused: cursor.paused, last })
    showProgress(cursor, lanes)
  }
  while (lanes.size > 0) {
    const open = lanes.size
    await condition(() => lanes.size < open)
    collect(cursor, lanes)
    showProgress(cursor, lanes)
  }
}

/** Each lane can cost its parent some 40 events: its own, and those of the slots it hands over. */
const hasRoom = (lanes: OpenLanes): boolean => hasHistoryLeft(4 * (lanes.size + 1))

function collect(cursor: SuiteCursor, lanes: OpenLanes): void {
  for (const { verdict } of lanes.results.splice(0)) cursor.verdicts[verdict] = (cursor.verdicts[verdict] ?? 0) + 1
  if (lanes.failure !== undefined) throw lanes.failure
}

async function end(cursor: SuiteCursor, lanes: OpenLanes, error: unknown): Promise<void> {
  const { suite } = cursor.plan
  await lanes.ended()
  // An extension that is just being recorded opens the suite: it is to be closed after that.
  await condition(allHandlersFinished)
  const extension = ofExtension(cursor)
  if (isCancellation(error)) {
    await closeRuns({ suite, outcome: 'cancelled', reason: 'cancelled' })
    await completeSuite({ suite, status: 'cancelled', ...extension })
    return
  }
  const outcome = hasTimedOut(error) ? 'cancelled' : 'error'
  await closeRuns({ suite, outcome, reason: faultOf(error).code })
  await failSuite({ suite, fault: faultOf(error), cancelled: false, ...extension })
}

const countFinished = (cursor: SuiteCursor): number => Object.values(cursor.verdicts).reduce((sum, n) => sum + n, 0)

/** What the Temporal Web UI shows; costs no history. */
function showProgress(cursor: SuiteCursor, lanes: OpenLanes): void {
  const { plan, verdicts } = cursor
  const rows = Object.entries(verdicts).map(([verdict, commits]) => `| ${verdict} | ${commits} |`)
  setCurrentDetails(
    [
      `**${cursor.paused ? 'paused' : 'running'}**: ${countFinished(cursor)} of ${plan.commits} commits done,`,
      `${plan.runs} runs each${plan.extension === undefined ? '' : `, extended ${plan.extension} times`}. Open: ${lanes.shas.map((sha) => `\`${sha.slice(0, 12)}\``).join(', ') || 'none'}.`,
      ...(rows.length === 0 ? [] : ['', '| verdict | commits |', '|---|---|', ...rows]),
    ].join('\n'),
  )
}
