import type { SuiteSpec } from '../../src/contract/index.ts'
import { commandTest } from '../../src/store/history/command-test.ts'
import type { Store } from '../../src/store/store.ts'
import { tallyTests } from '../../src/store/tests/tally-tests.ts'
import { isComparable } from '../search/suite-of-search.ts'

/** What runs have shown of the tests of a commit, by test; of runs without reports it is the command that counts. */
export type CommitKnowledge = Map<string, { runs: number; failed: number }>

/** What is known of a repository before a firing. */
export interface SweepKnowledge {
  /** Of commits at which runs of the kind were made. */
  commits: ReadonlyMap<string, CommitKnowledge>
  /** How long such a run takes; undefined where none was made. */
  meanRunMs: number | undefined
}

const MOST_SUITES = 200
const RUNS_FOR_THE_MEAN = 200

/**
 * What suites of the same kind have shown of some commits, the newest suites first. Suites of other keys than the one
 * that asked are none of its business. A seed that was run again counts again: this only says where runs may teach most.
 */
export async function readKnowledge(
  store: Store,
  { own, shas }: { own: SuiteSpec; shas: readonly string[] },
): Promise<SweepKnowledge> {
  const query = { repo: own.repo, shas, key: own.network?.key ?? undefined, limit: MOST_SUITES }
  const suites = (await store.sweeps.suitesAt(query)).filter(({ spec }) => isComparable(own, spec))
  const commits = new Map<string, CommitKnowledge>()
  for (const { spec, sha } of suites) {
    const known = commits.get(sha) ?? new Map()
    for (const [test, { runs, failed }] of await readSeen(store, spec, sha)) {
      const before = known.get(test) ?? { runs: 0, failed: 0 }
      known.set(test, { runs: before.runs + runs, failed: before.failed + failed })
    }
    if (known.size > 0) commits.set(sha, known)
  }
  return { commits, meanRunMs: await meanRunMs(store, suites) }
}

/**
 * What the runs of a suite show of a commit: of the longest finished beginning only, as of runs that were cut off the
 * fast passes end before the slow failures.
 */
export async function readSeen(store: Store, spec: SuiteSpec, sha: string): Promise<CommitKnowledge> {
  const outcomes = await store.results.outcomes({ suite: spec.id, sha })
  const cut = outcomes.findIndex(({ outcome }) => outcome === 'cancelled')
  const below = cut === -1 ? outcomes.length : cut
  const recorded = await store.tests.ofCommit({ suite: spec.id, sha, below })
  if (recorded !== undefined) {
    const seen = tallyTests(recorded).filter(({ runs }) => runs > 0)
    return new Map(seen.map(({ id, runs, failed }) => [id, { runs, failed }]))
  }
  const told = outcomes.slice(0, below).filter(({ outcome }) => outcome !== 'error')
  const failed = told.filter(({ outcome }) => outcome !== 'passed').length
  return new Map(told.length === 0 ? [] : [[commandTest(spec.command), { runs: told.length, failed }]])
}

async function meanRunMs(
  { results }: Store,
  suites: readonly { spec: SuiteSpec; sha: string }[],
): Promise<number | undefined> {
  for (const { spec, sha } of suites) {
    const runs = await results.list({ suite: spec.id, sha, limit: RUNS_FOR_THE_MEAN })
    const took = runs.filter(({ outcome }) => outcome !== 'cancelled' && outcome !== 'error')
    if (took.length > 0) return Math.max(1, took.reduce((sum, { durationMs }) => sum + durationMs, 0) / took.length)
  }
  return undefined
}
