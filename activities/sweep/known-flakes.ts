import type { SuiteSpec } from '../../src/contract/index.ts'
import type { TestState } from '../../src/stats/sweep/swept-test.ts'
import type { Store } from '../../src/store/store.ts'

/** Those that failed last; a repository with more flakes has other worries. */
const MOST_FLAKES = 50

/**
 * Tests that flaked in the repository in whatever suites the sweep's key may see, as states to go on from: a flake that
 * somebody has seen need not show itself to the sweep once more. Only those named are looked up.
 */
export async function knownFlakes(
  { history }: Pick<Store, 'history'>,
  { repo, network }: Pick<SuiteSpec, 'repo' | 'network'>,
  isWanted: (test: string) => boolean,
): Promise<Map<string, TestState>> {
  const key = network?.key ?? null
  const owner = key === null ? undefined : { key, orNobodys: true }
  const { tests } = await history.tests({ repo, flaky: true, sort: 'recent', limit: MOST_FLAKES, owner })
  const states = new Map<string, TestState>()
  for (const { test } of tests.filter((one) => isWanted(one.test))) {
    const failing = (await history.test({ repo, test, owner }))?.commits.findLast(({ failures }) => failures > 0)
    if (failing === undefined) continue
    const { sha, committedAt } = failing
    states.set(test, { runs: 0, failed: 0, lastFailed: { sha, committedAt }, proofRuns: 0, claim: null })
  }
  return states
}
