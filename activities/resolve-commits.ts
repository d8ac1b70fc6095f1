import { invalidInput, LIMITS, type SuiteCommit, type SuiteSpec } from '../src/contract/index.ts'
import { FRAMEWORK_NAMES } from '../src/frameworks/framework.ts'
import { resolveCommits as resolveRefs } from '../src/git/resolve.ts'
import type { SuitePlan } from '../workflows/api.ts'
import type { ProjectLookup } from './commit-project.ts'
import type { ActivityDeps } from './deps.ts'
import { mirrorOf } from './mirror-of.ts'
import { findSuite } from './suite-lookup.ts'

/**
 * Fetches the repository, resolves the refs and settles the command, then starts the suite: from here on it
 * has lanes and runs. Throws for bad input (`ref_not_found`, `repo_empty`, `suite_too_large`, …).
 */
export async function resolveCommits(deps: ActivityDeps, project: ProjectLookup, suite: string): Promise<SuitePlan> {
  const { spec } = await findSuite(deps.store, suite)
  if ((await deps.store.suites.countCommits(suite)) === 0) {
    const mirror = await mirrorOf(deps, spec, spec.commits)
    const { commits: asked, firstParent } = spec
    const commits = await resolveRefs({ mirror, commits: asked, firstParent, defaultRef: 'HEAD' })
    assertSize(spec, commits)
    await deps.store.suites.settle(suite, await settleCommand(project, spec, commits))
    await deps.store.suites.putCommits(suite, commits)
  }
  const { repo, runs, parallelism, seed } = spec
  await deps.store.suites.setStatus(suite, 'running', {
    suite,
    type: 'suite.started',
    subject: suite,
    ordinal: 0,
    data: { repo, runs, parallelism, seed },
  })
  return await planOf(deps, suite, spec)
}

async function planOf(deps: ActivityDeps, suite: string, spec: SuiteSpec): Promise<SuitePlan> {
  const { repo, runs, parallelism, timeoutMs, priority, keep } = spec
  const commits = await deps.store.suites.countCommits(suite)
  return { suite, repo, runs, parallelism, timeoutMs, priority, keep, commits, searchable: deps.searchable }
}

function assertSize(spec: SuiteSpec, commits: readonly SuiteCommit[]): void {
  const runs = commits.length * spec.runs
  if (runs <= LIMITS.runsPerSuite) return
  const rule = `${commits.length} commits make ${runs} runs; a suite has at most ${LIMITS.runsPerSuite}`
  throw invalidInput('runs', spec.runs, rule, 'Ask for fewer runs or commits.', 'suite_too_large')
}

/** The user's command, else the one that the newest commit's project has by itself. */
async function settleCommand(
  project: ProjectLookup,
  spec: SuiteSpec,
  commits: readonly SuiteCommit[],
): Promise<SuiteSpec> {
  if (spec.command !== undefined) return spec
  const newest = commits.at(-1)
  const command = newest === undefined ? undefined : (await project(spec, newest.sha)).command
  if (command !== undefined) return { ...spec, command }
  throw invalidInput(
    'command',
    null,
    `no test framework of ${FRAMEWORK_NAMES.join(', ')} was recognised in the repository`,
    'Say with --command how its tests are run.',
  )
}
