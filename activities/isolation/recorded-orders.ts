import type { RunKey, SuiteSpec } from '../../src/contract/index.ts'
import { formatRunId } from '../../src/contract/index.ts'
import type { OrderName } from '../../src/stats/isolation/state.ts'
import type { Store } from '../../src/store/store.ts'
import { tallyTests } from '../../src/store/tests/tally-tests.ts'
import { outcomeIn, readOrder } from './read-order.ts'
import { runsTheSame } from './suite-of-isolation.ts'

/** Suites and runs that are looked at: what is older is not worth the search, since an order is soon learnt anew. */
const MOST_SUITES = 50
const MOST_RUNS = 5

/** A run by its public id, and all tests in the order in which it had them. */
export interface RecordedOrder {
  run: string
  order: string[]
}

/** The newest runs of a commit on record that tell an order: one in which the test failed and one in which it passed. */
export async function recordedOrders(
  store: Store,
  { own, sha, test }: { own: SuiteSpec; sha: string; test: string },
): Promise<Map<OrderName, RecordedOrder>> {
  const found = new Map<OrderName, RecordedOrder>()
  const key = own.network?.key ?? null
  // What another key's runs have shown is not for this one.
  const owner = key === null ? {} : { owner: { key, orNobodys: true } }
  const suites = await store.suites.list({ repo: own.repo, partOf: 'any', limit: MOST_SUITES, ...owner })
  for (const { id, spec } of suites) {
    if (found.size === 2) break
    if (spec.partOf?.kind === 'isolation' || !runsTheSame(own, spec)) continue
    for (const [name, runs] of await runsOfTest(store, { suite: id, sha, test })) {
      const told = found.has(name) ? undefined : await firstOrder(store, runs, test)
      if (told !== undefined) found.set(name, told)
    }
  }
  return found
}

/** The order that a run tells, whether the test failed in it or passed. */
export async function orderOfRun(store: Store, key: RunKey, test: string) {
  const tests = await readOrder(store, key)
  if (tests === undefined || tests.order.length === 0) return undefined
  return { order: tests.order, outcome: outcomeIn(tests, test) }
}

/** Runs of a suite in which the test failed, and in which it passed, the newest first. */
async function runsOfTest(
  { tests }: Store,
  { suite, sha, test }: { suite: string; sha: string; test: string },
): Promise<[OrderName, RunKey[]][]> {
  const recorded = await tests.ofCommit({ suite, sha })
  const outcomes =
    recorded === undefined
      ? []
      : (tallyTests(recorded)
          .find(({ id }) => id === test)
          ?.outcomes() ?? [])
  const keysOf = (wanted: 'failed' | 'passed') =>
    (recorded?.runs ?? [])
      .filter((_, index) => outcomes[index] === wanted)
      .map(({ attempt, generation }): RunKey => ({ suite, sha, attempt, generation }))
      .toReversed()
  return [
    ['failing', keysOf('failed')],
    ['passing', keysOf('passed')],
  ]
}

async function firstOrder(store: Store, runs: readonly RunKey[], test: string): Promise<RecordedOrder | undefined> {
  for (const key of runs.slice(0, MOST_RUNS)) {
    const told = await orderOfRun(store, key, test)
    if (told !== undefined) return { run: formatRunId(key), order: told.order }
  }
  return undefined
}
