import type { Counted, FoldTally, Span } from './tally-fold.ts'
import { extended } from './tally-fold.ts'

/** What earlier folds say of the same commit. */
export interface EarlierRuns {
  owner: string
  ranSet: number
  own: number
  all: number
}

export interface EarlierFailures {
  owner: string
  test: number
  own: number
  all: number
}

/** What a fold adds to a test's own row. */
export interface TestDelta extends Span {
  runs: Counted
  failed: Counted
  commits: Counted
  flaky: { own: boolean; all: boolean }
  failedAt: Span | undefined
}

interface FoldedCommit {
  tally: FoldTally
  /** Of all owners. */
  earlierRuns: readonly EarlierRuns[]
  earlierFailures: readonly EarlierFailures[]
  /** Tests by set. */
  sets: ReadonlyMap<number, readonly number[]>
  /** Whether the owner of the fold sees the rows of another. */
  sees(owner: string): boolean
}

/** Adds up what the runs of a commit say of each test that ran in any of them. */
export function tallyTests({ tally, earlierRuns, earlierFailures, sets, sees }: FoldedCommit): Map<number, TestDelta> {
  const deltas = new Map<number, TestDelta>()
  for (const { ranSet, own, all, first, last } of tally.runs) {
    for (const test of sets.get(ranSet) ?? []) {
      const delta = deltas.get(test) ?? emptyDelta({ first, last })
      deltas.set(test, extended(delta, { first, last }))
      delta.runs.own += own
      delta.runs.all += all
    }
  }
  for (const { test, own, all } of tally.failures) {
    const delta = deltas.get(test)
    if (delta === undefined) continue
    delta.failed.own += own
    delta.failed.all += all
    delta.failedAt = tally.failedAt.get(test)
  }
  const seen = countsOf(
    earlierRuns.filter(({ owner }) => sees(owner)),
    (runs) => sets.get(runs.ranSet),
  )
  const seenByAnyone = countsOf(earlierRuns, (runs) => sets.get(runs.ranSet))
  const failed = countsOf(
    earlierFailures.filter(({ owner }) => sees(owner)),
    ({ test }) => [test],
  )
  const failedForAnyone = countsOf(earlierFailures, ({ test }) => [test])
  for (const [test, delta] of deltas) {
    delta.commits = {
      own: delta.runs.own > 0 && !seen.has(test) ? 1 : 0,
      all: delta.runs.all > 0 && !seenByAnyone.has(test) ? 1 : 0,
    }
    const own = isBoth(delta.failed.own + of(failed, test).own, delta.runs.own + of(seen, test).own)
    const all = isBoth(delta.failed.all + of(failedForAnyone, test).all, delta.runs.all + of(seenByAnyone, test).all)
    delta.flaky = { own, all: own || all }
  }
  return deltas
}

const emptyDelta = (span: Span): TestDelta => ({
  ...span,
  runs: { own: 0, all: 0 },
  failed: { own: 0, all: 0 },
  commits: { own: 0, all: 0 },
  flaky: { own: false, all: false },
  failedAt: undefined,
})

const NONE: Counted = { own: 0, all: 0 }
const of = (counts: ReadonlyMap<number, Counted>, test: number): Counted => counts.get(test) ?? NONE

/** Passed as well as failed. */
const isBoth = (failed: number, runs: number): boolean => failed > 0 && failed < runs

/** Rows added up by the tests that they are of. */
function countsOf<T extends Counted>(
  rows: readonly T[],
  testsOf: (row: T) => readonly number[] | undefined,
): Map<number, Counted> {
  const counts = new Map<number, Counted>()
  for (const row of rows) {
    for (const test of testsOf(row) ?? []) {
      const known = of(counts, test)
      counts.set(test, { own: known.own + row.own, all: known.all + row.all })
    }
  }
  return counts
}
