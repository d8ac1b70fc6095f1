import { admitExtension } from './admit-extension.ts'
import { admitSuite } from './admit-suite.ts'
import type { Activities } from './api.ts'
import { checkEvidence } from './check-evidence.ts'
import { createProjectLookup } from './commit-project.ts'
import type { ActivityDeps } from './deps.ts'
import { closeRuns, completeSuite, failSuite, recordPause } from './end-suite.ts'
import { holdEnvironment } from './hold-environment.ts'
import { decide, failCommit } from './judge-commit.ts'
import { LaneHolds } from './lane-holds.ts'
import { prepareCommit } from './prepare-commit.ts'
import { provisionEnvironment } from './provision-environment.ts'
import { readUnfinished } from './read-unfinished.ts'
import { releaseEnvironment } from './release-environment.ts'
import { resolveCommits } from './resolve-commits.ts'
import { createRulesLookup } from './rules-lookup.ts'
import { recordRunError } from './run-faults.ts'
import { runSeed } from './run-seed.ts'
import { createSuiteMemory } from './suite-memory.ts'

export type { ActivityDeps } from './deps.ts'

/** Everything that workflows call, bound to what it works with. */
export function createActivities(deps: ActivityDeps): Activities {
  const project = createProjectLookup(deps)
  const rules = createRulesLookup(deps)
  const memory = createSuiteMemory(deps.store)
  const holds = new LaneHolds()
  return {
    admitSuite: (input) => admitSuite(deps, input),
    admitExtension: (input) => admitExtension(deps, input),
    failSuite: (input) => failSuite(deps, input),
    resolveCommits: ({ suite }) => resolveCommits(deps, { project, rules }, suite),
    async readCommits({ suite, from, limit }) {
      const commits = await deps.store.suites.commits(suite, from, limit)
      return commits.map(({ sha, subject }) => ({ sha, subject }))
    },
    readUnfinished: readUnfinished(deps),
    recordPause: recordPause(deps),
    provisionEnvironment: (commit) => provisionEnvironment(deps, project, commit),
    holdEnvironment: () => holdEnvironment(holds, deps.leaving),
    prepareCommit: (commit) => prepareCommit(deps, { project, rules }, commit),
    runSeed: (run) => runSeed(deps, { project, rules, memory, holds }, run),
    recordRunError: (input) => recordRunError(deps, input),
    checkEvidence: (query) => checkEvidence(deps, query),
    decide: (commit) => decide(deps, commit),
    failCommit: (input) => failCommit(deps, input),
    closeRuns: closeRuns(deps),
    releaseEnvironment: (input) => releaseEnvironment(deps, input),
    completeSuite: (input) => completeSuite(deps, input),
  }
}
