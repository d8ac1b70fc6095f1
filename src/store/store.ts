import type {
  ArtifactRef,
  NewSuiteEvent,
  Outcome,
  RunKey,
  RunResult,
  SuiteCommit,
  SuiteEvent,
  SuiteEventType,
  SuiteSpec,
  SuiteStatus,
  Tally,
  Verdict,
} from '../contract/index.ts'
import type { MissingRuns } from './missing-runs.ts'
import type { RunStanding } from './run-standing.ts'

/** The record of what happened. Every write may be repeated: the first one stays. */
export interface Store {
  readonly suites: SuiteStore
  readonly results: ResultStore
  readonly events: EventStore
  readonly logs: LogStore
  readonly artifacts: ArtifactStore
  close(): Promise<void>
}

export interface StoredSuite {
  id: string
  spec: SuiteSpec
  /** Digest of the request as asked for; tells a repeated start from another request under the same id. */
  requestDigest: string
  status: SuiteStatus
  failure: string | null
  createdAt: string
  finishedAt: string | null
}

export interface SuiteStore {
  /** Inserts if absent, together with its seeds (by attempt) ; returns what is on record afterwards. */
  create(suite: { spec: SuiteSpec; requestDigest: string; seeds: number[] }): Promise<StoredSuite>
  get(id: string): Promise<StoredSuite | undefined>
  /** Newest first; `cursor` is the id of the last suite of the page before. */
  list(query: { repo?: string; status?: SuiteStatus[]; limit: number; cursor?: string }): Promise<StoredSuite[]>
  /**
   * Sets the status and appends the event in one transaction; a finished suite keeps its first end, and a call whose
   * event is already on record changes nothing.
   */
  setStatus(id: string, status: SuiteStatus, event: NewSuiteEvent | null, failure?: string): Promise<void>
  /** Replaces the specification, once: the command and project type that the repository's commits settle. */
  settle(id: string, spec: SuiteSpec): Promise<void>
  /** Seeds of the attempts from..to−1. */
  seeds(id: string, from: number, to: number): Promise<number[]>
  /** Stores the commits (if none are stored yet) and their `commit.resolved` events in one transaction. */
  putCommits(id: string, commits: SuiteCommit[]): Promise<void>
  /** In the order asked for. */
  commits(id: string, from: number, limit: number): Promise<SuiteCommit[]>
  countCommits(id: string): Promise<number>
  /** Records the verdict of a commit and its event in one transaction; replaces one of the same or a lower ordinal. */
  putVerdict(id: string, sha: string, ordinal: number, verdict: Verdict): Promise<void>
  verdict(id: string, sha: string): Promise<Verdict | undefined>
  /** Removes a suite and all that belongs to it. */
  remove(id: string): Promise<void>
}

export interface ResultStore {
  /** Inserts the result if none is on record for its key, with its `run.finished` event; returns the one on record. */
  record(result: RunResult): Promise<{ inserted: boolean; result: RunResult }>
  get(key: RunKey): Promise<RunResult | undefined>
  /** What a run needs to know before it begins; undefined where its suite is not on record. */
  standing(key: RunKey): Promise<RunStanding | undefined>
  /** Gives some of a commit's runs without a result one; to be called again while there are `more`. */
  closeMissing(missing: MissingRuns): Promise<{ closed: number; more: boolean }>
  /** By attempt, then commit; only the newest generation of each attempt. Pages (`fromAttempt`) need a `sha`. */
  list(query: {
    suite: string
    sha?: string
    outcome?: Outcome
    fromAttempt?: number
    limit: number
  }): Promise<RunResult[]>
  /** Newest generation of each attempt, counted by outcome. */
  tally(suite: string, sha: string): Promise<Tally>
  /** One tally per commit that has results. */
  tallies(suite: string): Promise<Map<string, Tally>>
  /** Exit codes of the runs that gave a test result, with how often each occurred (null: ended by a signal). */
  exitCodes(suite: string, sha: string): Promise<{ exitCode: number | null; runs: number }[]>
}

export interface EventStore {
  /** Appends once per (suite, type, subject, ordinal); returns the number it has, old or new. */
  append(event: NewSuiteEvent): Promise<number>
  /** Events with seq > after, in order. */
  read(suite: string, after: number, limit: number): Promise<SuiteEvent[]>
  lastSeq(suite: string): Promise<number>
  /** The highest ordinal on record for a subject; 0 where there is none. */
  lastOrdinal(suite: string, type: SuiteEventType, subject: string): Promise<number>
}

export interface LogKey extends RunKey {
  try: number
  stream: 'stdout' | 'stderr'
}

export interface LogStore {
  /**
   * Stores a piece of live output and returns the next offset. What is already on record is dropped, and so is a
   * piece beyond the next offset or after the run's result.
   */
  append(key: LogKey, offset: number, bytes: Uint8Array): Promise<number>
  /** Where the next piece of this stream has to begin: 0 where nothing is stored. */
  nextOffset(key: LogKey): Promise<number>
  /** Replaces the pieces by one artifact, `<try>.<stream>`: head, a marked gap of droppedBytes, tail; null for no output. */
  compact(
    key: LogKey,
    captured: { head: Uint8Array; droppedBytes: number; tail: Uint8Array },
  ): Promise<ArtifactRef | null>
  /**
   * What is stored of the stream from `offset` on, live pieces or artifact; `next` is the offset to go on from. Offsets
   * count the original bytes: a gap comes as one line that says so, and `next` lies behind the gap.
   */
  read(key: LogKey, offset: number, limitBytes: number): Promise<{ bytes: Uint8Array; next: number; complete: boolean }>
}

export interface ArtifactStore {
  /**
   * Copies a file of this host to its place (atomic: a reader sees all of it or nothing). Throws `invalid_input` for
   * a name that is no plain relative path or a source that is a link, `artifact_store_failed` when the disk is full.
   */
  putFile(key: RunKey, name: string, path: string): Promise<ArtifactRef>
  putBytes(key: RunKey, name: string, bytes: Uint8Array): Promise<ArtifactRef>
  get(key: RunKey, name: string): Promise<Uint8Array | undefined>
  removeSuite(suite: string): Promise<void>
}
