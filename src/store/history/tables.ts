/**
 * Tables of the history of tests; see `Schema`. Whose observations rows hold is told by `owner`: the name of the key, or
 * empty for those of nobody's key. Counts come twice: as that owner sees them, and as who sees everything does (`all_…`),
 * for whom a seed that two owners ran counts once.
 */
export interface HistoryTables {
  history_folds: HistoryFoldTable
  history_commits: HistoryCommitTable
  history_seeds: HistorySeedTable
  history_runs: HistoryRunTable
  history_days: HistoryDayTable
  history_failures: HistoryFailureTable
  history_fingerprints: HistoryFingerprintTable
  history_tests: HistoryTestTable
}

/** A commit of a suite whose runs are in the history, as far as those of an extension. */
interface HistoryFoldTable {
  suite: string
  sha: string
  /** Extensions of the suite at that time. */
  extension: number
}

interface HistoryCommitTable {
  id: number
  repo: string
  sha: string
  subject: string
  committed_at: string
  /** In the list of the suite that tested it first: commits of one second stand in its order. */
  position: number
}

/** Seeds that are counted already: each is one observation of a commit under the same conditions. */
interface HistorySeedTable {
  commit_id: number
  /** Digest of command, set-up and environment. */
  conditions: string
  owner: string
  /** See `encodeIds`. */
  seeds: Uint8Array
}

interface RunCounts {
  owner: string
  /** 2026-11-29 */
  day: string
  /** Of `test_sets`: the tests that ran. */
  ran_set: number
  runs: number
  all_runs: number
}

interface HistoryRunTable extends RunCounts {
  commit_id: number
}

interface HistoryDayTable extends RunCounts {
  repo: string
}

interface HistoryFailureTable {
  commit_id: number
  test: number
  owner: string
  day: string
  failed: number
  all_failed: number
}

interface HistoryFingerprintTable {
  test: number
  owner: string
  fingerprint: number
  /** Of the first failure. */
  message: string
  failures: number
  all_failures: number
  first_seen: string
  last_seen: string
  /** Public id of the newest run that failed so. */
  run: string
}

/** What a test's rows in the other tables add up to. */
export interface HistoryTestTable {
  test: number
  owner: string
  repo: string
  runs: number
  all_runs: number
  failed: number
  all_failed: number
  commits: number
  all_commits: number
  /** 1 where it both passed and failed at one commit. */
  flaky: number
  all_flaky: number
  first_seen: string
  last_seen: string
  first_failed: string | null
  last_failed: string | null
}
