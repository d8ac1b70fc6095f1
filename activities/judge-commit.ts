import type { Verdict } from '../src/contract/index.ts'
import { inconclusive } from '../src/stats/verdict.ts'
import { judgeRuns } from '../src/store/judge-runs.ts'
import type { CommitReference, Decision } from './api.ts'
import type { ActivityDeps } from './deps.ts'
import { foldCommit } from './keep-history.ts'
import { findSuite } from './suite-lookup.ts'

/** Judges a commit by what is on record, and records the verdict. */
export async function decide(deps: ActivityDeps, commit: CommitReference): Promise<Decision> {
  return await record(deps, commit, await judgeByRuns(deps, commit))
}

/**
 * Records that a commit could not be tested at all; runs that were asked for and lost are `error`. A commit of an
 * extended suite is judged by what it showed before.
 */
export async function failCommit(
  deps: ActivityDeps,
  { reason, ...commit }: CommitReference & { reason: string },
): Promise<Decision> {
  const judged = commit.extension === undefined ? undefined : await judgeByRuns(deps, commit)
  const tested = judged !== undefined && judged.failureRate !== null
  return await record(deps, commit, tested ? judged : inconclusive(reason))
}

async function judgeByRuns({ store }: ActivityDeps, { suite, sha }: CommitReference): Promise<Verdict> {
  return await judgeRuns(store, await findSuite(store, suite), sha, { ended: true })
}

async function record(
  deps: ActivityDeps,
  { suite, sha, extension = 0 }: CommitReference,
  verdict: Verdict,
): Promise<Decision> {
  await deps.store.suites.putVerdict(suite, sha, extension, verdict)
  await foldCommit(deps, { suite, sha })
  const { verdict: name, evidence } = verdict
  return { verdict: name, ...(evidence === undefined ? {} : { evidence }) }
}
