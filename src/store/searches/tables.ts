import type { SearchStatus } from '../../contract/index.ts'

/** Tables of searches; see `Schema`. */
export interface SearchTables {
  searches: SearchTable
  search_commits: SearchCommitTable
  search_rounds: SearchRoundTable
  search_events: SearchEventTable
}

export interface SearchTable {
  id: string
  repo: string
  /** JSON of the SearchSpec. */
  spec: string
  request_digest: string
  status: SearchStatus
  failure: string | null
  /** Name of the API key that asked for it; null where nobody's key did. */
  owner: string | null
  created_at: string
  finished_at: string | null
  /** Of the range; 0 until it is known. */
  commits: number
  /** Runs of earlier suites that are evidence. */
  history_runs: number
  /** JSON of the SearchStanding; null before the first decision. */
  standing: string | null
  /** Number of its last event. */
  last_seq: number
}

interface SearchCommitTable {
  search: string
  /** Parents come before their children; 0 is before the culprit. */
  position: number
  sha: string
  subject: string
  author: string
  committed_at: string
  /** JSON array of positions. */
  parents: string
  /** Runs of earlier suites that are evidence. */
  prior_runs: number
  prior_failures: number
}

interface SearchRoundTable {
  search: string
  /** From 1. */
  round: number
  /** JSON of PlannedRuns[]. */
  batches: string
  /** JSON of RoundOutcome[]; null while the round is under way. */
  outcomes: string | null
}

interface SearchEventTable {
  search: string
  seq: number
  type: string
  ordinal: number
  at: string
  /** JSON, of a shape that depends on the type. */
  data: string
}
