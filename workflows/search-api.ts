import type { Command } from '../src/contract/command.ts'
import type { SearchStatus } from '../src/contract/search.ts'
import type { SearchAnswer } from '../src/contract/search-report.ts'

/** What `CulpritSearch` goes by; filled by the activity `resolveRange`. It stands in histories, so it stays small. */
export interface SearchPlan {
  search: string
  repo: string
  /** Names the repository where Temporal keeps it readable; its address where there is none. */
  repoLabel?: string
  /** Of all its runs, whatever their commits would take by themselves. */
  command: Command
  /** Of the range. */
  commits: number
  parallelism: number
  priority: number
  /** False where the server refused to create our search attributes: none may then be set. */
  searchable: boolean
  /** When its budget of time is used up, in ms since 1970; absent where it has none. */
  endsAtMs?: number
}

/** Runs of one commit that a round makes, as a suite of their own. */
export interface SearchBatch {
  suite: string
  sha: string
  seeds: number[]
}

/** What a round is followed by, and a few lines of Markdown on what is known. */
export type SearchDecision = { details: string } & (
  | { done: false; batches: SearchBatch[] }
  | { done: true; answer: SearchAnswer; culprit: string | null }
)

/** A suite that ended without doing its part of a round. */
export interface SuiteFault {
  suite: string
  code: string
  message: string
}

/** Carried by `CulpritSearch` from one execution to the next. */
export interface SearchCursor {
  plan: SearchPlan
  /** Rounds that have ended. */
  round: number
  faults: SuiteFault[]
  /** The budget of time was used up during the last round, whose runs then count nowhere. */
  cut: boolean
}

export interface SearchResult {
  search: string
  status: SearchStatus
  answer: SearchAnswer
  /** Its commit, where that is the answer. */
  culprit: string | null
}

/** Answer of the query `progress`; what is known of the commits is in the store. */
export interface SearchProgress {
  search: string
  status: SearchStatus
  commits: number
  /** Rounds that have ended. */
  rounds: number
  /** Commits that are run at the moment. */
  open: string[]
}
