import type { EnvironmentDocument } from '../../contract/http/environments.ts'
import type { SuiteSummary } from '../../contract/http/suites.ts'
import type { CreatedSweep, SweepBackfill, SweepDocument, SweepSummary } from '../../contract/http/sweeps.ts'
import type { HistoryPage, TestHistoryDocument } from '../../contract/http/tests.ts'
import type {
  CommitSuiteError,
  IsolationEvent,
  IsolationReport,
  IsolationStatus,
  Key,
  NewKey,
  Notification,
  Outcome,
  SearchEvent,
  SearchReport,
  SearchStatus,
  SuiteEvent,
  SuiteReport,
  SuiteSpec,
  SuiteStatus,
  SweepChange,
  SweepRequest,
} from '../../contract/index.ts'
import type { RunOnRecord } from '../../store/find-run.ts'
import type { IsolationControl } from '../../temporal/isolations.ts'
import type { SearchControl } from '../../temporal/searches.ts'
import type { SuiteControl } from '../../temporal/suites.ts'
import type { NamedRequest } from '../request/build.ts'
import type { TemporalPlace } from '../services.ts'

/** What is on record of a suite itself. */
export interface SuiteRecord {
  id: string
  status: SuiteStatus
  spec: SuiteSpec
  /** How often it was extended. */
  extensions: number
}

export interface FollowOptions {
  /** Cursor: only events with a higher number are read. */
  after?: number
  /** Ends the reading early, without an error. */
  signal?: AbortSignal
  /** Looks for an end that left nothing on record, while the suite is not on record; throws its reason. */
  assertAlive?: () => Promise<void>
}

export interface ReplayedRun extends RunOnRecord {
  /** Null while it has no result. */
  outcome: Outcome | null
  reason: string | null
}

export type OutputStream = 'stdout' | 'stderr'
export interface OutputPiece {
  stream: OutputStream
  bytes: Uint8Array
}
export interface OutputOptions {
  streams: readonly OutputStream[]
  /** The newest by default. */
  try?: number | undefined
  /** Goes on until the run has ended. */
  follow: boolean
}

/** A run that failed, timed out or crashed. */
export interface FailingRun {
  id: string
  outcome: Outcome
  seed: number
}

export interface Environments {
  /** Where they are, for people. */
  place: string
  list(): Promise<EnvironmentDocument[]>
  /** All of them, or none where one is not there or is in use; `onRemoved` is told of each. */
  remove(names: readonly string[], onRemoved: (name: string) => void): Promise<void>
}

export interface KeyRegistry {
  create(key: NewKey): Promise<{ key: Key; secret: string }>
  /** By name. */
  list(): Promise<Key[]>
  revoke(name: string): Promise<void>
}

/** What is on record of a search itself. */
export interface SearchRecord {
  id: string
  status: SearchStatus
  /** Names of the secret variables of its runs. */
  secretEnv: readonly string[]
}

export interface Searches {
  /** Undefined where it is not on record. */
  get(id: string): Promise<SearchRecord | undefined>
  /** The newest that is open. */
  newestOpen(): Promise<string | undefined>
  /** Throws `search_not_found`. */
  report(id: string): Promise<SearchReport>
  /** Pages of events as they come in, until the search has ended and all are read. */
  follow(id: string, options: FollowOptions): AsyncIterable<SearchEvent[]>
  /** Waits until a search has ended and cleaned up behind itself. */
  untilEnded(id: string): Promise<void>
}

export interface SearchSteering extends SearchControl {
  /** Waits until a search that was only just asked for is on record; returns why where it was refused instead. */
  untilOnRecord(search: string): Promise<CommitSuiteError | undefined>
}

/** What is on record of an isolation itself. */
export interface IsolationRecord {
  id: string
  status: IsolationStatus
  /** Names of the secret variables of its runs. */
  secretEnv: readonly string[]
}

export interface Isolations {
  /** Undefined where it is not on record. */
  get(id: string): Promise<IsolationRecord | undefined>
  /** The newest that is open. */
  newestOpen(): Promise<string | undefined>
  /** Throws `isolation_not_found`. */
  report(id: string): Promise<IsolationReport>
  /** Pages of events as they come in, until the isolation has ended and all are read. */
  follow(id: string, options: FollowOptions): AsyncIterable<IsolationEvent[]>
  /** Waits until an isolation has ended and cleaned up behind itself. */
  untilEnded(id: string): Promise<void>
}

export interface IsolationSteering extends IsolationControl {
  /** Waits until an isolation that was only just asked for is on record; returns why where it was refused instead. */
  untilOnRecord(isolation: string): Promise<CommitSuiteError | undefined>
}

/** Sweeps, wherever they are; those that are not there throw `sweep_not_found`. */
export interface Sweeps {
  create(request: SweepRequest): Promise<CreatedSweep>
  /** By name. */
  list(): Promise<SweepSummary[]>
  get(name: string): Promise<SweepDocument>
  change(name: string, change: SweepChange): Promise<SweepSummary>
  trigger(name: string): Promise<{ sweep: string; firedAt: string }>
  backfill(name: string, range: SweepBackfill): Promise<unknown>
  delete(name: string): Promise<void>
}

export interface Control extends Pick<SuiteControl, 'start' | 'cancel' | 'pause' | 'resume' | 'extend' | 'failureOf'> {
  /** Starts a suite that repeats a run on record once; `request` is that suite where this machine makes it. */
  replay(run: string, request: NamedRequest): Promise<string>
  /** Waits until a suite that was only just asked for is on record; returns why where it was refused instead. */
  untilOnRecord(suite: string): Promise<CommitSuiteError | undefined>
  searches: SearchSteering
  isolations: IsolationSteering
  sweeps: Sweeps
}

/** What works on suites while a command needs it. */
export interface Stack {
  control: Control
  temporal: TemporalPlace
  /** Suites of one run that are worth starting at once. */
  slots: number
}

/** Secret variables that suites need; those of a search go by `search/<id>`, of an isolation by `isolation/<id>`. */
export interface NeededSecrets {
  suites: string[]
  names: readonly string[]
  /** Whether all of them must be known here: another command may have given those of a suite that exists. */
  required: boolean
}

export interface StackOptions {
  /** Whether the stack may be started, with which interrupted suites go on; else `temporal_unavailable` is thrown. */
  resume: boolean
  secrets?: NeededSecrets
  /** Stops the waiting for the stack; what is thrown is its reason. */
  signal?: AbortSignal
  /** True for a gateway: the worker is to have this command's rules for requests from the network. */
  network?: boolean
}

export interface Histories {
  /** The first page. */
  tests(query: {
    repo: string | undefined
    flaky: boolean | undefined
    sort: 'rate' | 'recent' | 'name'
    days: number | undefined
    limit: number
  }): Promise<HistoryPage>
  /** Throws `history_not_found`. */
  test(query: { repo: string; test: string; days: number | undefined }): Promise<TestHistoryDocument>
}

/** Where suites are on record and worked on: this machine, or what is behind a gateway. */
export interface Site {
  /** Undefined where it is not on record. */
  suite(id: string): Promise<SuiteRecord | undefined>
  /** Newest first. */
  suites(query: { repo?: string; status?: SuiteStatus[]; limit: number }): Promise<SuiteSummary[]>
  /** Throws `suite_not_found`. */
  report(suite: string, options: { results: boolean }): Promise<SuiteReport>
  /** What became of telling others of a suite's ends, as far as this machine sees to it. */
  notifications(suite: string): Promise<Notification[]>
  /** Pages of the events that are on record at this moment. */
  eventsOnRecord(suite: string): AsyncIterable<SuiteEvent[]>
  /** Pages of events as they come in, until the suite has ended and all are read. */
  follow(suite: string, options: FollowOptions): AsyncIterable<SuiteEvent[]>
  /** Waits until a suite has ended and cleaned up behind itself. */
  untilEnded(suite: string): Promise<void>
  /** A run, finished or not; throws `run_not_found`. */
  run(id: string): Promise<ReplayedRun>
  /** By commit. */
  failingRuns(suite: string): AsyncIterable<FailingRun>
  /** What a run wrote, byte for byte, one stream after the other; as it comes where it is followed. */
  output(run: string, options: OutputOptions): AsyncIterable<OutputPiece>
  readonly searches: Searches
  readonly isolations: Isolations
  readonly history: Histories
  readonly keys: KeyRegistry
  /** Where to see suites in Temporal, if it is up. */
  temporal(): Promise<TemporalPlace | undefined>
  /** Suites that nothing works on at the moment; they go on as soon as the stack is up. */
  interrupted(): Promise<string[]>
  /** Holds the stack while `use` needs it; starts it where that is allowed and it is not up. */
  withStack<T>(options: StackOptions, use: (stack: Stack) => Promise<T>): Promise<T>
}
