import { type FailureGroup, formatRunId, type OutsideGroup } from '../../contract/index.ts'
import type { RecordedTests } from './recorded-tests.ts'

/** Groups that are told of one test; of more its messages differ by chance. */
const MOST_GROUPS = 20

interface GroupedFailures {
  failed: number
  /** The most frequent first; failures beyond those that are kept are in none. */
  groups: FailureGroup[]
}

/**
 * Failures of all runs by test, grouped by their fingerprints.
 *
 * @param failures fingerprints by test by set of failures
 */
export function groupFailures(
  { suite, sha, runs, messages }: RecordedTests,
  failures: ReadonlyMap<number, ReadonlyMap<number, string | null>>,
): Map<number, GroupedFailures> {
  const times = new Map<number, number>()
  for (const { failed } of runs) if (failed !== null) times.set(failed, (times.get(failed) ?? 0) + 1)
  const counted = new Map<number, { failed: number; groups: Map<string, FailureGroup> }>()
  for (const { failed, attempt, generation } of runs) {
    const count = failed === null ? undefined : times.get(failed)
    if (failed === null || count === undefined) continue
    // Runs come by attempt: this is the first with these failures, and stands for the others.
    times.delete(failed)
    const example = formatRunId({ suite, sha, attempt, generation })
    for (const [test, fingerprint] of failures.get(failed) ?? []) {
      const known = counted.get(test) ?? { failed: 0, groups: new Map() }
      counted.set(test, known)
      known.failed += count
      if (fingerprint === null) continue
      const group = known.groups.get(fingerprint)
      if (group !== undefined) group.runs += count
      else {
        const message = messages.get(fingerprint) ?? ''
        known.groups.set(fingerprint, { fingerprint, message, runs: count, example })
      }
    }
  }
  return new Map([...counted].map(([test, { failed, groups }]) => [test, { failed, groups: mostFrequent(groups) }]))
}

/** What failed and is no test, the most frequent first. */
export function failuresOutsideTests(recorded: RecordedTests): OutsideGroup[] {
  const grouped = groupFailures(recorded, recorded.outside)
  return [...grouped]
    .flatMap(([named, { groups }]) => groups.map((group) => ({ ...group, name: recorded.names.get(named) ?? '' })))
    .toSorted((a, b) => b.runs - a.runs)
}

const mostFrequent = (groups: ReadonlyMap<string, FailureGroup>): FailureGroup[] =>
  [...groups.values()].toSorted((a, b) => b.runs - a.runs).slice(0, MOST_GROUPS)
