import { cancellationSignal, heartbeat } from '@temporalio/activity'
import { CommitSuiteError } from '../src/contract/index.ts'
import { whileBeating } from '../src/executors/heartbeat.ts'
import type { CommitReference } from './api.ts'
import type { ActivityDeps } from './deps.ts'
import { recordStep } from './environment-steps.ts'

/** Gives the commit's environment back; `failed` keeps it where a run failed. */
export async function releaseEnvironment(
  deps: ActivityDeps,
  { keep, ...commit }: CommitReference & { keep: 'never' | 'failed' | 'always' },
): Promise<void> {
  const kept = keep === 'always' || (keep === 'failed' && (await anyFailure(deps, commit)))
  // The suite may have been removed meanwhile: what it had on this host goes, and `gc` takes what it had elsewhere.
  const spec = (await deps.store.suites.get(commit.suite))?.spec
  const executor = await deps.executors.of(spec?.executor ?? 'local')
  await whileBeating({ signal: cancellationSignal(), heartbeat }, () =>
    executor.release({
      suite: commit.suite,
      sha: commit.sha,
      cluster: spec?.cluster,
      session: spec?.session,
      keep: kept,
    }),
  )
  try {
    await recordStep(deps, commit, kept ? 'kept' : 'released', kept ? 'kept for 24 h' : 'removed')
  } catch (error) {
    // Its environment is gone all the same.
    if (!(error instanceof CommitSuiteError && error.code === 'suite_not_found')) throw error
  }
}

async function anyFailure(deps: ActivityDeps, { suite, sha }: CommitReference): Promise<boolean> {
  const { failed, timedOut, crashed } = await deps.store.results.tally(suite, sha)
  return failed + timedOut + crashed > 0
}
