import type { FailureGroup } from '../../contract/index.ts'
import type { TestOutcome } from '../../stats/test-verdicts.ts'
import { groupFailures } from './group-failures.ts'
import type { RecordedTests, TestedRun } from './recorded-tests.ts'

/** One test of a commit. `runs`, `missing` and `skipped` are together the runs that gave a test result. */
export interface TestTally {
  id: string
  runs: number
  failed: number
  missing: number
  skipped: number
  /** The most frequent first. */
  failures: FailureGroup[]
  /** What each run says of the test, in the order of attempts. */
  outcomes(): TestOutcome[]
}

/**
 * Counts the runs of each test that some run names. A run that does not name a test that others do has it `missing`,
 * one without any report all of them.
 */
export function tallyTests(recorded: RecordedTests): TestTally[] {
  const ran = countTests(recorded, (run) => run.ran)
  const skipped = countTests(recorded, (run) => run.skipped)
  const failures = groupFailures(recorded, recorded.failures)
  return [...new Set([...ran.keys(), ...skipped.keys()])].flatMap((test) => {
    const id = recorded.names.get(test)
    if (id === undefined) return []
    const { failed = 0, groups = [] } = failures.get(test) ?? {}
    const counted = { runs: ran.get(test) ?? 0, skipped: skipped.get(test) ?? 0 }
    const missing = recorded.runs.length - counted.runs - counted.skipped
    return [{ id, ...counted, failed, missing, failures: groups, outcomes: () => outcomesOf(recorded, test) }]
  })
}

/** How many runs have each test in one of their sets. */
function countTests({ runs, sets }: RecordedTests, setOf: (run: TestedRun) => number | null): Map<number, number> {
  const times = new Map<number, number>()
  for (const run of runs) {
    const set = setOf(run)
    if (set !== null) times.set(set, (times.get(set) ?? 0) + 1)
  }
  const counts = new Map<number, number>()
  for (const [set, count] of times) {
    for (const test of sets.get(set) ?? []) counts.set(test, (counts.get(test) ?? 0) + count)
  }
  return counts
}

function outcomesOf({ runs, sets, failures }: RecordedTests, test: number): TestOutcome[] {
  const holds = new Map<number, boolean>()
  const has = (set: number | null): boolean => {
    if (set === null) return false
    const known = holds.get(set) ?? sets.get(set)?.includes(test) ?? false
    holds.set(set, known)
    return known
  }
  return runs.map(({ ran, skipped, failed }) => {
    if (failed !== null && failures.get(failed)?.has(test) === true) return 'failed'
    if (has(ran)) return 'passed'
    return has(skipped) ? 'skipped' : 'missing'
  })
}
