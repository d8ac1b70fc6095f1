import type { Readable } from 'node:stream'
import type {
  ArtifactRef,
  NewSuiteEvent,
  Outcome,
  RunKey,
  RunResult,
  RunTests,
  SuiteCommit,
  SuiteEvent,
  SuiteEventType,
  SuiteSpec,
  SuiteStatus,
  Tally,
  Verdict,
} from '../contract/index.ts'
import type { MachineRuns } from '../stats/equal-rates.ts'
import type { BrowserSessionStore } from './browser-sessions.ts'
import type { HistoryReader, HistoryStore } from './history/history-store.ts'
import type { IdempotencyStore } from './idempotency.ts'
import type { IsolationReader, IsolationStore } from './isolations/isolation-store.ts'
import type { KeyStore } from './keys.ts'
import type { MachinesQuery } from './machines.ts'
import type { MissingRuns } from './missing-runs.ts'
import type { NotificationReader, NotificationStore } from './notifications/notifications.ts'
import type { RetentionStore } from './retention/retention.ts'
import type { RulesReader, RulesStore } from './rules/rules-store.ts'
import type { OutcomeQuery } from './run-outcomes.ts'
import type { RunStanding } from './run-standing.ts'
import type { SearchReader, SearchStore } from './searches/search-store.ts'
import type { StreamCursors } from './stream-cursors.ts'
import type { SweepReader, SweepStore } from './sweeps/sweep-store.ts'
import type { RecordedTests, TestQuery } from './tests/recorded-tests.ts'
import type { UnfinishedQuery } from './unfinished-runs.ts'

/** The record of what happened. Every write may be repeated: the first one stays. */
export interface Store {
  readonly suites: SuiteStore
  readonly searches: SearchStore
  readonly isolations: IsolationStore
  readonly notifications: NotificationStore
  readonly sweeps: SweepStore
  readonly results: ResultStore
  readonly tests: TestStore
  readonly rules: RulesStore
  readonly history: HistoryStore
  readonly retention: RetentionStore
  readonly events: EventStore
  readonly logs: LogStore
  readonly artifacts: ArtifactStore
  readonly keys: KeyStore
  readonly browserSessions: BrowserSessionStore
  readonly idempotency: IdempotencyStore
  readonly streamCursors: StreamCursors
  close(): Promise<void>
}

/** What those may do who read the record and write none of it. */
export interface RecordReader {
  readonly suites: Pick<
    SuiteStore,
    | 'get'
    | 'list'
    | 'countOpen'
    | 'countEnded'
    | 'lastOf'
    | 'extension'
    | 'seeds'
    | 'commits'
    | 'countCommits'
    | 'verdict'
  >
  readonly searches: SearchReader
  readonly isolations: IsolationReader
  readonly notifications: NotificationReader
  readonly sweeps: SweepReader
  readonly results: Pick<
    ResultStore,
    'get' | 'list' | 'outcomes' | 'tally' | 'tallies' | 'exitCodes' | 'machines' | 'hasSeveralMachines'
  >
  readonly tests: TestStore
  readonly rules: RulesReader
  readonly history: HistoryReader
  readonly events: Pick<EventStore, 'read' | 'about' | 'lastSeq' | 'has'>
  readonly logs: Pick<LogStore, 'read' | 'nextOffset'>
  readonly artifacts: Pick<ArtifactStore, 'get' | 'open'>
}

/** A gateway writes these four and nothing else. */
export interface GatewayStore extends RecordReader {
  readonly keys: KeyStore
  readonly browserSessions: BrowserSessionStore
  readonly idempotency: IdempotencyStore
  readonly streamCursors: StreamCursors
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
  /** How often it was extended. */
  extensions: number
  /** How long it lay between its ends and the extensions after them. */
  idleMs: number
}

export interface NewExtension {
  /** From 1: the suite's extensions so far and one more. */
  number: number
  /** Tells a repeated extension from another one of the same number. */
  requestDigest: string
  /** Of the runs added for each commit; may be empty. */
  seeds: readonly number[]
  errors: boolean
}

/** Whose suites: those that a key asked for, with `orNobodys` also those that none did. */
export interface SuiteOwner {
  key: string
  orNobodys: boolean
}

export interface SuiteQuery {
  repo?: string
  status?: SuiteStatus[]
  owner?: SuiteOwner
  /** Of serverless jobs. */
  endpoint?: string
  /** Suites that make the runs of this search (`search/<id>`); `any` also lists those of whatever else. */
  partOf?: string
  limit: number
  cursor?: string
}

export interface StoredExtension {
  requestDigest: string
  /** The first of the attempts that it added, if it added any. */
  firstAttempt: number
}

export interface SuiteStore {
  /** Inserts if absent, together with its seeds (by attempt) ; returns what is on record afterwards. */
  create(suite: { spec: SuiteSpec; requestDigest: string; seeds: number[] }): Promise<StoredSuite>
  get(id: string): Promise<StoredSuite | undefined>
  /**
   * Newest first; `cursor` is the id of the last suite of the page before. Suites that make the runs of something larger
   * are left out unless `partOf` says otherwise.
   */
  list(query: SuiteQuery): Promise<StoredSuite[]>
  /** The suite with the last id of those that begin with a prefix, in the order of their text. */
  lastOf(prefix: string): Promise<StoredSuite | undefined>
  /** Open suites of an owner, without those that make the runs of something larger. */
  countOpen(owner: string): Promise<number>
  /** Serverless jobs of an endpoint that have ended, of one owner (null: those that no key asked for). */
  countEnded(place: { endpoint: string; owner: string | null }): Promise<{ completed: number; failed: number }>
  /**
   * Sets the status and appends the event in one transaction; a finished suite keeps its first end, and a call whose
   * event is already on record changes nothing. Returns whether this one did.
   */
  setStatus(id: string, status: SuiteStatus, event: NewSuiteEvent | null, failure?: string): Promise<boolean>
  /**
   * Replaces the specification, once: what the repository's commits settle of it. `seeds` replace those of the suite
   * in the same transaction.
   */
  settle(id: string, spec: SuiteSpec, seeds?: readonly number[]): Promise<void>
  /**
   * Adds runs and reopens a suite that has ended, with its event, in one transaction. An extension whose number is on
   * record already changes nothing; throws `extension_conflict` where numbers before it are not.
   */
  extend(id: string, extension: NewExtension): Promise<void>
  extension(id: string, number: number): Promise<StoredExtension | undefined>
  /** Seeds of the attempts from..to−1. */
  seeds(id: string, from: number, to: number): Promise<number[]>
  /** Stores the commits (if none are stored yet) and their `commit.resolved` events in one transaction. */
  putCommits(id: string, commits: SuiteCommit[]): Promise<void>
  /** In the order asked for. */
  commits(id: string, from: number, limit: number): Promise<SuiteCommit[]>
  countCommits(id: string): Promise<number>
  /** Records the verdict of a commit and its event in one transaction; replaces one of the same or a lower ordinal. */
  putVerdict(id: string, sha: string, ordinal: number, verdict: Verdict): Promise<void>
  /** Undefined also where the suite was extended since: the commit is to be judged again. */
  verdict(id: string, sha: string): Promise<Verdict | undefined>
  /** Removes a suite and all that belongs to it. */
  remove(id: string): Promise<void>
}

export interface ResultStore {
  /**
   * Inserts the result if none is on record for its key, with its `run.finished` event and what its reports say of its
   * tests; returns the one on record.
   */
  record(result: RunResult, tests?: RunTests): Promise<{ inserted: boolean; result: RunResult }>
  get(key: RunKey): Promise<RunResult | undefined>
  /** What a run needs to know before it begins; undefined where its suite is not on record. */
  standing(key: RunKey): Promise<RunStanding | undefined>
  /** Gives some of a commit's runs without a result one; to be called again while there are `more`. */
  closeMissing(missing: MissingRuns): Promise<{ closed: number; more: boolean }>
  /** Runs of a commit that an extension has to make, by attempt. */
  unfinished(query: UnfinishedQuery): Promise<{ attempt: number; generation: number }[]>
  /** By attempt, then commit; only the newest generation of each attempt. Pages (`fromAttempt`) need a `sha`. */
  list(query: {
    suite: string
    sha?: string
    outcome?: Outcome
    fromAttempt?: number
    limit: number
  }): Promise<RunResult[]>
  /** How the first runs of a commit ended, by attempt, up to the first that has not; the newest generation of each. */
  outcomes(query: OutcomeQuery): Promise<{ outcome: Outcome; exitCode: number | null }[]>
  /** Newest generation of each attempt, counted by outcome; with `below` only attempts below it. */
  tally(suite: string, sha: string, below?: number): Promise<Tally>
  /** One tally per commit that has results. */
  tallies(suite: string): Promise<Map<string, Tally>>
  /** Exit codes of the runs that gave a test result, with how often each occurred (null: ended by a signal). */
  exitCodes(suite: string, sha: string): Promise<{ exitCode: number | null; runs: number }[]>
  /** Runs of a commit that gave a test result, by the machine they were on. */
  machines(query: MachinesQuery): Promise<MachineRuns[]>
  /** Whether runs of the suite were on more than one machine. */
  hasSeveralMachines(suite: string): Promise<boolean>
}

export interface TestStore {
  /**
   * What the newest generation of each run of a commit that gave a test result says of its tests, with `below` only of
   * attempts below it; undefined where no run left a report.
   */
  ofCommit(query: TestQuery): Promise<RecordedTests | undefined>
}

export interface EventStore {
  /** Appends once per (suite, type, subject, ordinal); returns the number it has, old or new, and whether it is new. */
  append(event: NewSuiteEvent): Promise<{ seq: number; appended: boolean }>
  /** Events with seq > after, in order. */
  read(suite: string, after: number, limit: number): Promise<SuiteEvent[]>
  lastSeq(suite: string): Promise<number>
  /** Events whose subject is one of these commits and runs, in order. */
  about(suite: string, subjects: readonly string[]): Promise<SuiteEvent[]>
  /** The highest ordinal on record for a subject; 0 where there is none. */
  lastOrdinal(suite: string, type: SuiteEventType, subject: string): Promise<number>
  /** Whether a suite has an event of this type. */
  has(suite: string, type: SuiteEventType): Promise<boolean>
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

export interface ArtifactContent {
  /** Of the whole artifact. */
  sizeBytes: number
  /** Whoever takes it reads it to its end or destroys it. */
  body: Readable
}

/**
 * What runs leave behind, in a folder or in a bucket. All throw `invalid_input` for a name that is no plain relative
 * path, and `artifact_store_failed`, which is worth another try, when the disk is full or the server does not answer.
 */
export interface ArtifactStore {
  /**
   * Copies a file of this host to its place (atomic: a reader sees all of it or nothing). Throws `invalid_input` for
   * a source that is a link or a device.
   */
  putFile(key: RunKey, name: string, path: string): Promise<ArtifactRef>
  putBytes(key: RunKey, name: string, bytes: Uint8Array): Promise<ArtifactRef>
  get(key: RunKey, name: string): Promise<Uint8Array | undefined>
  /** The same piece by piece, for artifacts that may be large. */
  open(key: RunKey, name: string): Promise<ArtifactContent | undefined>
  /** At most so many bytes from `offset` on, none behind the end; `sizeBytes` is that of the whole artifact. */
  read(
    key: RunKey,
    name: string,
    offset: number,
    limitBytes: number,
  ): Promise<{ bytes: Uint8Array; sizeBytes: number } | undefined>
  sizeOf(key: RunKey, name: string): Promise<number | undefined>
  removeSuite(suite: string): Promise<void>
  close(): void
}
