import type { SuiteSpec } from '../../contract/index.ts'
import type { SuiteOwner } from '../store.ts'
import type { Database } from '../write.ts'
import { listTests } from './list-tests.ts'
import { foldOne, foldSuite, unfoldedSuites } from './pending.ts'
import { seedsAt } from './seeds-at.ts'
import { readTestHistory } from './test-history.ts'

/** A number of runs of a test, and how many of them failed. */
export interface Counts {
  runs: number
  failures: number
}

export const TEST_SORTS = ['rate', 'recent', 'name'] as const

export interface TestsQuery {
  /** As suites have it; every one by default. */
  repo?: string | undefined
  /** Only tests that both passed and failed at some commit, or only others. */
  flaky?: boolean | undefined
  /** The highest rate first, the newest failure first, or by name; tests that never failed come by name. */
  sort: (typeof TEST_SORTS)[number]
  /** Only tests that ran since, `2026-11-29`. */
  since?: string | undefined
  /** From this day on tests come with their counts of each day. */
  daysFrom?: string | undefined
  cursor?: string | undefined
  limit: number
  /** Whose suites count; those of everyone by default. */
  owner?: SuiteOwner | undefined
}

export interface DayCounts extends Counts {
  /** In UTC, `2026-11-29`. */
  day: string
}

export interface KnownTest extends Counts {
  repo: string
  test: string
  /** Whether it both passed and failed at some commit. */
  flaky: boolean
  /** RFC 3339, when its run began; of the first and last failure null where there is none. */
  firstSeen: string
  lastSeen: string
  firstFailed: string | null
  lastFailed: string | null
  commits: number
  /** Ways in which it failed. */
  fingerprints: number
  /** With `daysFrom` only: days on which it ran, oldest first. */
  days?: DayCounts[]
}

export interface TestHistoryQuery {
  repo: string
  test: string
  /** Only runs of this day and later, `2026-11-29`. */
  since?: string | undefined
  owner?: SuiteOwner | undefined
}

export interface CommitCounts extends Counts {
  sha: string
  subject: string
  committedAt: string
}

export interface KnownFingerprint {
  fingerprint: string
  message: string
  failures: number
  firstSeen: string
  lastSeen: string
  /** The newest run that failed so. */
  run: string
}

export interface TestHistory extends Counts {
  repo: string
  test: string
  firstSeen: string
  lastSeen: string
  /** Oldest first: the newest thousand. */
  commits: CommitCounts[]
  days: DayCounts[]
  /** The most frequent first. */
  fingerprints: KnownFingerprint[]
}

export interface HistoryReader {
  /** A page of tests; `next` is the cursor of the page after it. */
  tests(query: TestsQuery): Promise<{ tests: KnownTest[]; next: string | null }>
  /** Undefined where no run that may be seen had such a test. */
  test(query: TestHistoryQuery): Promise<TestHistory | undefined>
  /** Seeds that a commit was tested with under the command, set-up and environment of a suite. */
  seedsAt(place: { sha: string; spec: SuiteSpec }): Promise<Set<number>>
}

/** Failure rates of tests over commits and days. Each seed of a commit counts once; results may be removed since. */
export interface HistoryStore extends HistoryReader {
  /** Counts the runs of a suite's commit that count for its verdict and are not counted yet. */
  fold(suite: string, sha: string): Promise<void>
  /** Counts what is left of a suite that has ended; no further than to the commit at which the signal aborts. */
  foldSuite(suite: string, signal?: AbortSignal): Promise<void>
  /** Suites that have ended and of which something is left to count. */
  unfolded(limit: number): Promise<string[]>
}

export const historyStore = (db: Database): HistoryStore => ({
  tests: (query) => listTests(db, query),
  test: (query) => readTestHistory(db, query),
  seedsAt: (place) => seedsAt(db, place),
  fold: (suite, sha) => foldOne(db, suite, sha),
  foldSuite: (suite, signal) => foldSuite(db, suite, signal),
  unfolded: (limit) => unfoldedSuites(db, limit),
})
