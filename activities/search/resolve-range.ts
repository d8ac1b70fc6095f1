import { cancellationSignal, heartbeat } from '@temporalio/activity'
import type { SearchSpec, SuiteSpec } from '../../src/contract/index.ts'
import { whileBeating } from '../../src/executors/heartbeat.ts'
import { listSearchRange, type RangeCommit } from '../../src/git/search-range.ts'
import type { SearchCommit } from '../../src/store/searches/search-store.ts'
import type { SearchPlan } from '../../workflows/search-api.ts'
import type { ProjectLookup } from '../commit-project.ts'
import type { ActivityDeps } from '../deps.ts'
import { mirrorOf } from '../mirror-of.ts'
import { labelled } from '../repository-label.ts'
import { settleCommand } from '../resolve-commits.ts'
import { findSearch } from './search-lookup.ts'
import { isComparable, suiteOfSearch } from './suite-of-search.ts'

/**
 * Fetches the repository, lists the commits to search, settles the command, and takes what earlier suites have shown of
 * them as evidence: once, so that what is decided later rests on the same. Throws for bad input (`ref_not_found`,
 * `search_too_large`, …).
 */
export async function resolveRange(deps: ActivityDeps, project: ProjectLookup, search: string): Promise<SearchPlan> {
  const found = await findSearch(deps.store, search)
  const context = { signal: cancellationSignal(), heartbeat }
  if (found.commits === 0) await whileBeating(context, () => begin(deps, project, found.spec))
  const { spec, commits, createdAt } = await findSearch(deps.store, search)
  const { repo, command, parallelism, priority, maxDurationMs } = spec
  if (command === undefined) throw new Error(`search ${search} has no command`)
  return {
    ...{ search, repo, command, commits, parallelism, priority, searchable: deps.searchable },
    ...labelled(deps, repo),
    ...(maxDurationMs === undefined ? {} : { endsAtMs: Date.parse(createdAt) + maxDurationMs }),
  }
}

async function begin(deps: ActivityDeps, project: ProjectLookup, asked: SearchSpec): Promise<void> {
  const { good, bad, firstParent } = asked
  const mirror = await mirrorOf(
    deps,
    asked,
    [good, bad].flatMap((ref) => ref ?? []),
  )
  const range = await listSearchRange({ mirror, good, bad, firstParent })
  const suite = await settleCommand(project, suiteOfSearch(asked), range)
  const spec = { ...asked, command: suite.command }
  const commits = await withHistory(deps, { spec, suite }, range)
  const { id, repo, parallelism, seed } = spec
  const historyRuns = commits.reduce((sum, { prior }) => sum + prior.runs, 0)
  const ends = { good: good === undefined ? null : (range[0]?.sha ?? null), bad: range.at(-1)?.sha ?? bad }
  const data = { repo, ...ends, commits: range.length, historyRuns, parallelism, seed }
  await deps.store.searches.begin(id, {
    ...{ spec, commits },
    event: { search: id, type: 'search.started', ordinal: 0, data },
  })
}

async function withHistory(
  { store }: ActivityDeps,
  { spec, suite }: { spec: SearchSpec; suite: SuiteSpec },
  range: readonly RangeCommit[],
): Promise<SearchCommit[]> {
  const history = await store.searches.history({
    repo: spec.repo,
    shas: new Set(range.map(({ sha }) => sha)),
    isComparable: (other) => isComparable(suite, other),
    test: spec.test,
  })
  return range.map((commit, position) => ({
    position,
    ...commit,
    prior: history.get(commit.sha) ?? { runs: 0, failures: 0 },
  }))
}
