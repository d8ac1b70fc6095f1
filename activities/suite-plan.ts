import type { SuiteSpec } from '../src/contract/index.ts'
import type { SuitePlan } from '../workflows/api.ts'
import type { ActivityDeps } from './deps.ts'
import { labelled } from './repository-label.ts'

/** What the workflows of a suite go by. */
export async function planOf(
  deps: Pick<ActivityDeps, 'store' | 'searchable' | 'repositoryLabel'>,
  suite: string,
  spec: SuiteSpec,
): Promise<SuitePlan> {
  const { repo, runs, parallelism, timeoutMs, priority, keep, until } = spec
  const deadlineMs = spec.job?.settled?.deadlineMs
  const commits = await deps.store.suites.countCommits(suite)
  return {
    ...{ suite, repo, runs, parallelism, timeoutMs, priority, keep, commits, searchable: deps.searchable },
    ...labelled(deps, repo),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(until === undefined ? {} : { until }),
  }
}
