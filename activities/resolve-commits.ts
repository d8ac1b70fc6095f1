import { invalidInput, LIMITS, type SuiteCommit, type SuiteSpec } from '../src/contract/index.ts'
import { FRAMEWORK_NAMES } from '../src/frameworks/framework.ts'
import type { Mirror } from '../src/git/mirror-repository.ts'
import { resolveCommits as resolveRefs } from '../src/git/resolve.ts'
import { mirrorTreeReader } from '../src/git/tree-reader.ts'
import { startedData } from '../src/store/suite-started.ts'
import type { SuitePlan } from '../workflows/api.ts'
import type { ProjectLookup } from './commit-project.ts'
import type { ActivityDeps } from './deps.ts'
import { mirrorOf } from './mirror-of.ts'
import type { RulesLookup } from './rules-lookup.ts'
import { settleJob } from './settle-job.ts'
import { findSuite } from './suite-lookup.ts'
import { planOf } from './suite-plan.ts'

interface Lookups {
  project: ProjectLookup
  rules: RulesLookup
}

/**
 * Fetches the repository, resolves the refs and settles the command, then starts the suite: from here on it
 * has lanes and runs. Throws for bad input (`ref_not_found`, `repo_empty`, `suite_too_large`, …).
 */
export async function resolveCommits(deps: ActivityDeps, lookups: Lookups, suite: string): Promise<SuitePlan> {
  const { spec } = await findSuite(deps.store, suite)
  if ((await deps.store.suites.countCommits(suite)) === 0) {
    const mirror = await mirrorOf(deps, spec, spec.commits)
    const { commits: asked, firstParent } = spec
    const commits = await resolveRefs({ mirror, commits: asked, firstParent, defaultRef: 'HEAD' })
    assertSize(spec, commits)
    const settled = await settle(mirror, lookups, spec, commits)
    await deps.store.suites.settle(suite, settled.spec, settled.seeds)
    await deps.store.suites.putCommits(suite, commits)
  }
  const { spec: settled } = await findSuite(deps.store, suite)
  await deps.store.suites.setStatus(suite, 'running', {
    suite,
    type: 'suite.started',
    subject: suite,
    ordinal: 0,
    data: startedData(settled),
  })
  return await planOf(deps, suite, settled)
}

function assertSize(spec: SuiteSpec, commits: readonly SuiteCommit[]): void {
  const runs = commits.length * spec.runs
  if (runs <= LIMITS.runsPerSuite) return
  const rule = `${commits.length} commits make ${runs} runs; a suite has at most ${LIMITS.runsPerSuite}`
  throw invalidInput('runs', spec.runs, rule, 'Ask for fewer runs or commits.', 'suite_too_large')
}

/** What the commits settle of a suite; of a job also its seeds, whose number the repository's file may have changed. */
async function settle(
  mirror: Mirror,
  { project, rules }: Lookups,
  spec: SuiteSpec,
  commits: readonly SuiteCommit[],
): Promise<{ spec: SuiteSpec; seeds?: number[] | undefined }> {
  if (spec.job === undefined) {
    const settled = await settleCommand(project, spec, commits)
    // Of the newest commit bad rules are bad input; another commit, or that of a search, is then left untested.
    const newest = spec.partOf === undefined ? commits.at(-1) : undefined
    if (newest !== undefined) await rules(settled, newest.sha)
    return { spec: settled }
  }
  const [commit, another] = commits
  if (commit === undefined || another !== undefined) {
    throw invalidInput('commit', spec.commits[0], `names ${commits.length} commits; a job tests one`)
  }
  return await settleJob(mirrorTreeReader(mirror, commit.sha), project, { ...spec, job: spec.job }, commit.sha)
}

/** With the user's command, else the one that the newest commit's project has by itself. */
export async function settleCommand(
  project: ProjectLookup,
  spec: SuiteSpec,
  commits: readonly Pick<SuiteCommit, 'sha'>[],
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
