import type { Outcome, Role, SuiteStatus } from '../contract/index.ts'
import type { HistoryTables } from './history/tables.ts'
import type { IsolationTables } from './isolations/tables.ts'
import type { NotificationTables } from './notifications/tables.ts'
import type { RuleTables } from './rules/tables.ts'
import type { SearchTables } from './searches/tables.ts'
import type { SweepTables } from './sweeps/tables.ts'

/**
 * The tables as Kysely sees them. Only text, integer, bigint and blob columns, JSON as text: the same schema and
 * the same queries work on PostgreSQL. Times are RFC 3339 in UTC, so that their order is the order of the text.
 */
export interface Schema
  extends SearchTables,
    NotificationTables,
    RuleTables,
    IsolationTables,
    SweepTables,
    HistoryTables {
  schema_versions: SchemaVersionTable
  suites: SuiteTable
  event_counters: EventCounterTable
  suite_seeds: SuiteSeedTable
  extensions: ExtensionTable
  commits: CommitTable
  results: ResultTable
  verdicts: VerdictTable
  events: EventTable
  log_chunks: LogChunkTable
  log_artifacts: LogArtifactTable
  api_keys: ApiKeyTable
  browser_sessions: BrowserSessionTable
  idempotency_records: IdempotencyTable
  stream_cursors: StreamCursorTable
  test_counter: TestCounterTable
  tests: TestTable
  test_sets: TestSetTable
  failure_sets: FailureSetTable
  test_failures: TestFailureTable
  failure_messages: FailureMessageTable
}

interface SchemaVersionTable {
  version: number
  applied_at: string
}

export interface SuiteTable {
  id: string
  repo: string
  /** JSON of the SuiteSpec. */
  spec: string
  request_digest: string
  status: SuiteStatus
  failure: string | null
  created_at: string
  finished_at: string | null
  /** Name of the API key that asked for it; null where nobody's key did. */
  owner: string | null
  /** Of a serverless job. */
  endpoint: string | null
  /** The search or isolation that it makes runs of, as `search/<id>`; null of suites that stand alone. */
  part_of: string | null
  /** How often it was extended. */
  extensions: number
  /** Time between an end and the extension after it. */
  idle_ms: number
  /** Extensions that its history has; null until all its commits are in the history. */
  folded: number | null
  /** 1 where its logs and artifacts were removed by age. */
  logs_removed: number | null
  /** 1 where it is being removed by age. */
  expired: number | null
}

/** Apart from `suites`, so that numbering an event does not rewrite the row with the spec. */
interface EventCounterTable {
  suite: string
  last_seq: number
}

interface SuiteSeedTable {
  suite: string
  attempt: number
  seed: number
}

interface ExtensionTable {
  suite: string
  /** From 1. */
  number: number
  request_digest: string
  /** Of the runs that it added. */
  first_attempt: number
  /** Added for each commit. */
  runs: number
  /** 1 where runs that ended `error` or `cancelled` were repeated. */
  errors: number
  created_at: string
}

export interface CommitTable {
  suite: string
  position: number
  sha: string
  /** JSON array. */
  refs: string
  subject: string
  author: string
  committed_at: string
}

/** What the reports of a run say of its tests; all null where it left none. */
export interface ResultTestColumns {
  /** Of `test_sets`; null for an empty set. */
  ran_set: number | null
  skipped_set: number | null
  /** Of `failure_sets`; null where no test failed. */
  failure_set: number | null
  /** A number wherever it left any. */
  unreadable_reports: number | null
  /** Of the first of them. */
  unreadable_why: string | null
}

export interface ResultTable extends ResultTestColumns {
  suite: string
  sha: string
  attempt: number
  generation: number
  /** 1 where a newer generation of the attempt is on record. */
  superseded: number
  seed: number
  outcome: Outcome
  reason: string | null
  exit_code: number | null
  signal: string | null
  started_at: string | null
  duration_ms: number
  tries: number
  node: string
  /** JSON array of ArtifactRef. */
  artifacts: string
}

interface VerdictTable {
  suite: string
  sha: string
  ordinal: number
  /** JSON of the Verdict. */
  data: string
}

interface EventTable {
  suite: string
  seq: number
  type: string
  subject: string
  ordinal: number
  at: string
  /** JSON, of a shape that depends on the type. */
  data: string
}

interface LogStreamColumns {
  suite: string
  sha: string
  attempt: number
  generation: number
  try_number: number
  stream: string
}

interface LogChunkTable extends LogStreamColumns {
  byte_offset: number
  size_bytes: number
  bytes: Uint8Array
}

/** One row per log artifact with a gap; where nothing was dropped the file alone says all. */
interface LogArtifactTable extends LogStreamColumns {
  head_bytes: number
  dropped_bytes: number
  tail_bytes: number
}

interface ApiKeyTable {
  id: string
  name: string
  role: Role
  /** SHA-256 of the secret, in hex; the secret itself is 256 random bits and stored nowhere. */
  digest: string
  requests_per_minute: number
  open_suites: number
  created_at: string
}

interface BrowserSessionTable {
  /** SHA-256 of the cookie, in hex. */
  digest: string
  key_id: string
  expires_at: string
}

interface IdempotencyTable {
  /** Name of the key, or the empty string without one. */
  caller: string
  token: string
  request_digest: string
  suite: string
  created_at: string
}

interface StreamCursorTable {
  job: string
  position: number
}

/** One row: the last id that was given to a test, a set of tests or a set of failures. */
interface TestCounterTable {
  last_id: number
}

interface TestTable {
  id: number
  repo: string
  name: string
}

interface TestSetTable {
  id: number
  /** SHA-256 of repository and names, in hex. */
  digest: string
  repo: string
  /** Their ids, see `encodeIds`. */
  tests: Uint8Array
}

interface FailureSetTable {
  id: number
  /** SHA-256 of repository, names and fingerprints, in hex. */
  digest: string
  repo: string
  /** Ids of the failures beyond those in `test_failures`, see `encodeIds`. */
  beyond: Uint8Array
}

interface TestFailureTable {
  failure_set: number
  test: number
  /** 1 where the name is that of something else that failed: a package that does not build, say. */
  outside: number
  /** Its 12 hex digits as a number. */
  fingerprint: number
}

/** By suite: what a test wrote belongs to those who may see that suite. */
interface FailureMessageTable {
  suite: string
  fingerprint: number
  /** Of the first failure with that fingerprint. */
  message: string
}
