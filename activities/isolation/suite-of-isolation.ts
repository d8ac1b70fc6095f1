import type { IsolationSpec, SuiteSpec } from '../../src/contract/index.ts'

type RunsOfIsolation = Omit<SuiteSpec, 'id' | 'commits' | 'runs' | 'seed' | 'firstParent' | 'attemptBase' | 'keep'>

/** What an isolation asks for of all its runs. */
export function runsOf(spec: IsolationSpec): RunsOfIsolation {
  const { id: _id, commit: _commit, test: _test, run: _run, seed: _seed, ...asked } = spec
  const { confidence: _c, minRate: _m, maxRuns: _r, maxDurationMs: _d, ...runs } = asked
  return runs
}

/** What its suites have in common, as one of them: how the repository is fetched and its tests are run. */
export function suiteOfIsolation(spec: IsolationSpec): SuiteSpec {
  return {
    ...runsOf(spec),
    ...{ id: spec.id, commits: [spec.commit], runs: 1, seed: null, firstParent: false, attemptBase: 0, keep: 'never' },
  }
}

/** Whether all tests run in a suite as they do here: then its runs tell orders that can be looked into. */
export function runsTheSame(own: SuiteSpec, other: SuiteSpec): boolean {
  return JSON.stringify(kindOf(own)) === JSON.stringify(kindOf(other))
}

function kindOf({ command, workdir, setup, env, projectType, executor }: SuiteSpec) {
  const variables = Object.entries(env).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return [command ?? null, workdir, setup ?? null, setup === null, variables, projectType ?? null, executor]
}
