import type { Outcome } from '../../contract/index.ts'

/** Which runs to look at. */
export interface TestQuery {
  suite: string
  sha: string
  below?: number | undefined
  /** Only this one. */
  attempt?: number | undefined
}

/** A run that gave a test result, with the sets that its reports named; null for an empty set. */
export interface TestedRun {
  attempt: number
  generation: number
  outcome: Outcome
  ran: number | null
  skipped: number | null
  failed: number | null
}

/** What is on record of a commit's tests. Sets are told apart by id, tests too: few runs have sets of their own. */
export interface RecordedTests {
  suite: string
  sha: string
  /** In the order of attempts. */
  runs: TestedRun[]
  /** Names by test, and by whatever else failed. */
  names: ReadonlyMap<number, string>
  /** Tests by set. */
  sets: ReadonlyMap<number, readonly number[]>
  /** Fingerprints by test by set; null for failures beyond those that are kept. */
  failures: ReadonlyMap<number, ReadonlyMap<number, string | null>>
  /** The same of what failed and is no test: a package that does not build, say. */
  outside: ReadonlyMap<number, ReadonlyMap<number, string>>
  /** By fingerprint. */
  messages: ReadonlyMap<string, string>
  /** Reports that could not be read, with the runs that left some and the reason of the first. */
  unreadable: UnreadableReports | undefined
}

export interface UnreadableReports {
  reports: number
  runs: number
  why: string
}
