import { heartbeat } from '@temporalio/activity'
import { ERRORS, type ErrorCode, type SuiteStatus } from '../src/contract/index.ts'
import { findStop } from '../src/store/judge-runs.ts'
import type { StoredSuite } from '../src/store/store.ts'
import type { Activities, Fault } from './api.ts'
import type { ActivityDeps } from './deps.ts'
import { foldSuite } from './keep-history.ts'
import { findSuite } from './suite-lookup.ts'

const COMMITS_AT_ONCE = 500

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code)

/** Bad input is the caller's to correct, under the same id: nothing of it stays on record. */
export const isBadInput = (code: string): boolean => isErrorCode(code) && ERRORS[code].exit === 2

/**
 * Forgets a suite whose input was bad; records any other as failed or cancelled. Clients of the network and of jobs were
 * told that theirs is accepted and ask for it by its id until it has ended, so its failure stays.
 */
export async function failSuite(
  deps: EndingDeps,
  { suite, fault, cancelled, extension }: { suite: string; fault: Fault; cancelled: boolean; extension?: number },
): Promise<void> {
  const stored = await deps.store.suites.get(suite)
  // `suite_conflict`: the record belongs to another request.
  if (stored === undefined || fault.code === 'suite_conflict') return
  const untouched = (await deps.store.suites.countCommits(suite)) === 0
  const { network, job } = stored.spec
  const isAskedFor = network !== undefined || job !== undefined
  if (!cancelled && untouched && isBadInput(fault.code) && !isAskedFor) {
    return await deps.store.suites.remove(suite)
  }
  if (cancelled) return await finish(deps, { suite, status: 'cancelled', extension })
  await finish(deps, { suite, status: 'failed', extension }, `${fault.code}: ${fault.message}`)
}

export async function completeSuite(
  deps: EndingDeps,
  ending: { suite: string; status: 'completed' | 'cancelled'; extension?: number },
): Promise<void> {
  await finish(deps, ending)
}

type EndingDeps = Pick<ActivityDeps, 'store' | 'log' | 'startNotification'>

interface Ending {
  suite: string
  status: SuiteStatus
  /** A suite ends once for each extension that it ends with, and once without. */
  extension?: number | undefined
}

/**
 * Puts the end on record and has its targets told. They are on record as to be told before the suite ends, so that
 * nobody takes its work for done; the rest is repeated after a crash and happens once all the same.
 */
async function finish(deps: EndingDeps, { suite, status, extension = 0 }: Ending, failure?: string): Promise<void> {
  const data = { status, ...(failure === undefined ? {} : { failure }) }
  const event = { suite, type: 'suite.finished', subject: suite, ordinal: extension, data } as const
  const targets = (await deps.store.suites.get(suite))?.spec.notify ?? []
  const notifications = targets.map((target) => ({ suite, target, extension }))
  for (const notification of notifications) await deps.store.notifications.begin(notification)
  await deps.store.suites.setStatus(suite, status, event, failure)
  for (const notification of notifications) await deps.startNotification(notification)
  await foldSuite(deps, suite)
}

/**
 * Gives every run without a result one, so that each run asked for has exactly one. Runs up to a cap are asked for once
 * they have begun, and of a suite that ends those of a decided commit are counted nowhere.
 */
export const closeRuns =
  (deps: ActivityDeps): Activities['closeRuns'] =>
  async ({ suite, sha, outcome, reason, below }) => {
    const node = deps.host.node
    const stored = await findSuite(deps.store, suite)
    const begun = sha === undefined && stored.spec.until !== undefined
    const shas = sha === undefined ? openCommits(deps, stored) : [sha]
    for await (const commit of shas) {
      const missing = { suite, sha: commit, outcome, reason, node, below, begun }
      for (let more = true; more; ) {
        ;({ more } = await deps.store.results.closeMissing(missing))
        heartbeat()
      }
    }
  }

async function* openCommits(deps: ActivityDeps, suite: StoredSuite): AsyncGenerator<string> {
  for await (const sha of allCommits(deps, suite.id)) {
    const decided = suite.spec.until !== undefined && (await findStop(deps.store, suite, sha)) !== null
    if (!decided) yield sha
  }
}

async function* allCommits(deps: ActivityDeps, suite: string): AsyncGenerator<string> {
  for (let from = 0; ; from += COMMITS_AT_ONCE) {
    const commits = await deps.store.suites.commits(suite, from, COMMITS_AT_ONCE)
    for (const { sha } of commits) yield sha
    if (commits.length < COMMITS_AT_ONCE) return
  }
}

/** A pause or its end, as status and event. */
export const recordPause =
  (deps: ActivityDeps): Activities['recordPause'] =>
  async ({ suite, paused, ordinal }) => {
    const type = paused ? 'suite.paused' : 'suite.resumed'
    const status = paused ? 'paused' : 'running'
    await deps.store.suites.setStatus(suite, status, { suite, type, subject: suite, ordinal, data: {} })
  }
