import type { SearchSpec, SuiteSpec } from '../../src/contract/index.ts'

/** What the suites of a search have in common, as one of them: how the repository is fetched and its tests are run. */
export function suiteOfSearch(spec: SearchSpec): SuiteSpec {
  const { good: _good, test: _test, confidence: _c, minIncrease: _m, maxRuns: _r, maxDurationMs: _d, ...asked } = spec
  const { bad, ...runs } = asked
  return { ...runs, commits: [bad], runs: spec.parallelism, seed: null, attemptBase: 0, keep: 'never' }
}

/**
 * Whether the runs of a suite are of the same kind as those of a search: same command, set-up, environment, template,
 * place and bounds. Jobs and sessions judge or keep their runs in other ways.
 */
export function isComparable(own: SuiteSpec, other: SuiteSpec): boolean {
  if (other.job !== undefined || other.session !== undefined) return false
  return kindOf(own) === kindOf(other)
}

function kindOf(spec: SuiteSpec): string {
  const { command, workdir, setup, env, secretEnv, projectType, executor, isolation, shuffle = false } = spec
  const { timeoutMs, limits } = spec
  return JSON.stringify([
    ...[command, workdir, setup ?? null, setup === null, sorted(env), secretEnv.toSorted()],
    ...[projectType ?? null, executor, isolation, shuffle, timeoutMs, sorted(limits)],
  ])
}

const sorted = (values: object): [string, unknown][] => Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1))
