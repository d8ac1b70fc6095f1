import type {
  NewSearchEvent,
  SearchEvent,
  SearchSpec,
  SearchStanding,
  SearchStatus,
  SuiteSpec,
} from '../../contract/index.ts'
import type { SuiteOwner } from '../store.ts'
import type { PlannedRuns, RoundOutcome } from './round-rows.ts'
import type { Observed, ObservedQuery } from './run-evidence.ts'

export interface StoredSearch {
  id: string
  spec: SearchSpec
  /** Digest of the request as asked for; tells a repeated start from another request under the same id. */
  requestDigest: string
  status: SearchStatus
  failure: string | null
  createdAt: string
  finishedAt: string | null
  /** Of the range; 0 until it is known. */
  commits: number
  historyRuns: number
  /** What is known so far; undefined before the first decision. */
  standing: SearchStanding | undefined
}

/** A commit of the range. Parents, as positions, come before their children; position 0 is before the culprit. */
export interface SearchCommit {
  position: number
  sha: string
  subject: string
  author: string
  committedAt: string
  parents: number[]
  /** Runs of earlier suites that are evidence. */
  prior: { runs: number; failures: number }
}

export interface StoredRound {
  /** From 1. */
  round: number
  batches: PlannedRuns[]
  /** Null while it is under way. */
  outcomes: RoundOutcome[] | null
}

/** What follows from a round that has ended; round 0 is before the first run. */
export interface RoundDecision {
  round: number
  outcomes: readonly RoundOutcome[]
  /** Of the next round; undefined where the search has its answer. */
  batches: readonly PlannedRuns[] | undefined
  standing: SearchStanding
  event: NewSearchEvent
}

export interface SearchQuery {
  repo?: string
  status?: SearchStatus[]
  owner?: SuiteOwner
  limit: number
  cursor?: string
}

export interface HistoryQuery {
  repo: string
  /** Only these. */
  shas: ReadonlySet<string>
  /** Whether runs of a suite are of the same kind. */
  isComparable(spec: SuiteSpec): boolean
  /** Only this test counts; a run without it does not. */
  test?: string | undefined
}

/** The record of searches. Every write may be repeated: the first one stays. */
export interface SearchStore {
  /** Inserts if absent; returns what is on record afterwards. */
  create(search: { spec: SearchSpec; requestDigest: string }): Promise<StoredSearch>
  get(id: string): Promise<StoredSearch | undefined>
  /** Newest first; `cursor` is the id of the last search of the page before. */
  list(query: SearchQuery): Promise<StoredSearch[]>
  /** Open searches of an owner. */
  countOpen(owner: string): Promise<number>
  /** Stores the range and what it settles of the specification, and sets a queued search running, with its event. */
  begin(id: string, begun: { spec: SearchSpec; commits: readonly SearchCommit[]; event: NewSearchEvent }): Promise<void>
  /** By position; of `page` those from a position on. */
  commits(id: string, page?: { from: number; limit: number }): Promise<SearchCommit[]>
  rounds(id: string): Promise<StoredRound[]>
  /** Closes a round and opens the next; what was decided after it once stays. */
  decide(id: string, decision: RoundDecision): Promise<void>
  /** Ends a search that is open, with its event. */
  finish(id: string, status: SearchStatus, event: NewSearchEvent, failure?: string): Promise<void>
  /** Events with seq > after, in order. */
  readEvents(id: string, after: number, limit: number): Promise<SearchEvent[]>
  lastSeq(id: string): Promise<number>
  /** Forgets a search; suites that made its runs stay. */
  remove(id: string): Promise<void>
  /** What the runs of a suite show of a commit. */
  observed(query: ObservedQuery): Promise<Observed[]>
  /** By commit, runs of comparable suites that are evidence; each seed counts once. */
  history(query: HistoryQuery): Promise<Map<string, { runs: number; failures: number }>>
  /** Those of the seeds that suites of a repository have. */
  seedsInUse(repo: string, seeds: readonly number[]): Promise<Set<number>>
}

/** What those may do who read the record and write none of it. */
export type SearchReader = Pick<SearchStore, 'get' | 'list' | 'commits' | 'countOpen' | 'readEvents' | 'lastSeq'>
