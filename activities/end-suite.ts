import { heartbeat } from '@temporalio/activity'
import { ERRORS, type ErrorCode, type SuiteStatus } from '../src/contract/index.ts'
import type { Activities, Fault } from './api.ts'
import type { ActivityDeps } from './deps.ts'

const COMMITS_AT_ONCE = 500

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code)

/** Bad input is the caller's to correct, under the same id: nothing of it stays on record. */
const isBadInput = (code: string): boolean => isErrorCode(code) && ERRORS[code].exit === 2

/** Forgets a suite whose input was bad; records any other as failed or cancelled. */
export async function failSuite(
  deps: ActivityDeps,
  { suite, fault, cancelled }: { suite: string; fault: Fault; cancelled: boolean },
): Promise<void> {
  const stored = await deps.store.suites.get(suite)
  // `suite_conflict`: the record belongs to another request.
  if (stored === undefined || fault.code === 'suite_conflict') return
  const untouched = (await deps.store.suites.countCommits(suite)) === 0
  if (!cancelled && untouched && isBadInput(fault.code)) return await deps.store.suites.remove(suite)
  if (cancelled) return await finish(deps, suite, 'cancelled')
  await finish(deps, suite, 'failed', `${fault.code}: ${fault.message}`)
}

export async function completeSuite(
  deps: ActivityDeps,
  { suite, status }: { suite: string; status: 'completed' | 'cancelled' },
): Promise<void> {
  await finish(deps, suite, status)
}

async function finish(deps: ActivityDeps, suite: string, status: SuiteStatus, failure?: string): Promise<void> {
  const data = { status, ...(failure === undefined ? {} : { failure }) }
  const event = { suite, type: 'suite.finished', subject: suite, ordinal: 0, data } as const
  await deps.store.suites.setStatus(suite, status, event, failure)
}

/** Gives every run without a result one, so that each run asked for has exactly one. */
export const closeRuns =
  (deps: ActivityDeps): Activities['closeRuns'] =>
  async ({ suite, sha, outcome, reason }) => {
    const node = deps.host.node
    const shas = sha === undefined ? allCommits(deps, suite) : [sha]
    for await (const commit of shas) {
      for (let more = true; more; ) {
        ;({ more } = await deps.store.results.closeMissing({ suite, sha: commit, outcome, reason, node }))
        heartbeat()
      }
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
