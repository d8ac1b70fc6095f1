import type { RunKey } from '../../contract/index.ts'
import type { RecordReader } from '../store.ts'

/** A test as one run reported it; only one that failed has a fingerprint, and of very many failures not each. */
export interface TestOfRun {
  id: string
  outcome: 'failed' | 'passed' | 'skipped'
  fingerprint: string | null
  message: string | null
}

export interface TestsOfRun {
  /** Those that failed first, otherwise by name. */
  tests: TestOfRun[]
  /** What failed and is no test. */
  outsideTests: { name: string; fingerprint: string; message: string }[]
}

/** What the reports of a run say of its tests; undefined where there were none, or a newer generation counts. */
export async function readRunTests(
  { tests: store }: Pick<RecordReader, 'tests'>,
  { suite, sha, attempt, generation }: RunKey,
): Promise<TestsOfRun | undefined> {
  const recorded = await store.ofCommit({ suite, sha, attempt })
  const run = recorded?.runs.find((one) => one.generation === generation)
  if (recorded === undefined || run === undefined) return undefined
  const { names, sets, messages } = recorded
  const messageOf = (fingerprint: string | null): string | null =>
    fingerprint === null ? null : (messages.get(fingerprint) ?? null)
  const failures = recorded.failures.get(run.failed ?? -1) ?? new Map<number, string | null>()
  const tests = (sets.get(run.ran ?? -1) ?? []).map((test): TestOfRun => {
    const fingerprint = failures.get(test) ?? null
    const outcome = failures.has(test) ? 'failed' : 'passed'
    return { id: names.get(test) ?? '', outcome, fingerprint, message: messageOf(fingerprint) }
  })
  const skipped = (sets.get(run.skipped ?? -1) ?? []).map(
    (test): TestOfRun => ({ id: names.get(test) ?? '', outcome: 'skipped', fingerprint: null, message: null }),
  )
  const outside = [...(recorded.outside.get(run.failed ?? -1) ?? [])]
  return {
    tests: [...tests, ...skipped].toSorted((a, b) => RANK[a.outcome] - RANK[b.outcome] || compare(a.id, b.id)),
    outsideTests: outside.map(([test, fingerprint]) => ({
      name: names.get(test) ?? '',
      fingerprint,
      message: messageOf(fingerprint) ?? '',
    })),
  }
}

const RANK = { failed: 0, passed: 1, skipped: 2 } as const
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
