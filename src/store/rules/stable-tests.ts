import { leaveQuarantine } from '../../stats/leave-quarantine.ts'
import type { TestOutcome } from '../../stats/test-verdicts.ts'
import type { RecordReader, StoredSuite } from '../store.ts'
import type { RecordedTests } from '../tests/recorded-tests.ts'
import { tallyTests } from '../tests/tally-tests.ts'

/** What must be shown of a test's failure rate before it may leave its quarantine: 299 passes in a row at 95 %. */
const LEAVE_BELOW = 0.01

type Reader = {
  suites: Pick<RecordReader['suites'], 'get' | 'seeds'>
  tests: RecordReader['tests']
  rules: Pick<RecordReader['rules'], 'testedUpTo'>
}

/**
 * Those of some tests that have been stable for long enough to leave their quarantine: at a commit and at those before
 * it, whatever suites of the repository tested them, newest first until the first failure. A run that timed out or
 * crashed before a test had a result may have done so by it: it counts as its failure. A seed that passed counts once for
 * a commit, command, set-up and environment.
 */
export async function stableTests(
  store: Reader,
  { suite, sha, below }: { suite: string; sha: string; below: number | undefined },
  tests: Iterable<string>,
): Promise<Set<string>> {
  const stable = new Set<string>()
  /** Oldest first, as far as they were looked at. */
  const open = new Map<string, TestOutcome[]>(Array.from(tests, (test) => [test, []]))
  const seen = new Set<string>()
  for (const commit of open.size === 0 ? [] : await store.rules.testedUpTo({ suite, sha })) {
    const bound = commit.suite === suite && commit.sha === sha ? below : undefined
    const recorded = await store.tests.ofCommit({ ...commit, below: bound })
    if (recorded === undefined) continue
    const outcomes = outcomesByTest(recorded, await freshRuns(store, recorded, seen), open)
    for (const [test, newer] of open) {
      const known = [...(outcomes.get(test) ?? []), ...newer]
      open.set(test, known)
      const isStable = leaveQuarantine(known, { limit: LEAVE_BELOW }).mayLeave
      if (isStable) stable.add(test)
      if (isStable || known.includes('failed')) open.delete(test)
    }
    if (open.size === 0) break
  }
  return stable
}

/** By attempt, the runs that are no repetition of a newer one. */
async function freshRuns(store: Reader, { suite, sha, runs }: RecordedTests, seen: Set<string>): Promise<Set<number>> {
  const stored = await store.suites.get(suite)
  const seeds = await store.suites.seeds(suite, 0, (runs.at(-1)?.attempt ?? -1) + 1)
  const conditions = stored === undefined ? '' : conditionsOf(stored)
  const fresh = runs.filter(({ attempt }) => {
    const key = `${sha} ${seeds[attempt]} ${conditions}`
    return seen.size !== seen.add(key).size
  })
  return new Set(fresh.map(({ attempt }) => attempt))
}

const conditionsOf = ({ spec: { command, setup, workdir, env } }: StoredSuite): string =>
  JSON.stringify([command, setup, workdir, env])

/** What the runs of a commit say of tests; passes of repetitions are left out. */
function outcomesByTest(
  recorded: RecordedTests,
  fresh: ReadonlySet<number>,
  wanted: ReadonlyMap<string, unknown>,
): Map<string, TestOutcome[]> {
  const { runs } = recorded
  const tallies = tallyTests(recorded).filter(({ id }) => wanted.has(id))
  return new Map(
    tallies.map(({ id, outcomes }) => [
      id,
      outcomes().flatMap((outcome, at): TestOutcome[] => {
        const run = runs[at]
        if (outcome === 'missing' && (run?.outcome === 'timed_out' || run?.outcome === 'crashed')) return ['failed']
        return outcome === 'passed' && !fresh.has(run?.attempt ?? -1) ? [] : [outcome]
      }),
    ]),
  )
}
