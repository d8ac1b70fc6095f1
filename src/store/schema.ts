import type { Outcome, SuiteStatus } from '../contract/index.ts'

/**
 * The tables as Kysely sees them. Only text, integer, bigint and blob columns, JSON as text: the same schema and
 * the same queries work on PostgreSQL. Times are RFC 3339 in UTC, so that their order is the order of the text.
 */
export interface Schema {
  schema_versions: SchemaVersionTable
  suites: SuiteTable
  event_counters: EventCounterTable
  suite_seeds: SuiteSeedTable
  commits: CommitTable
  results: ResultTable
  verdicts: VerdictTable
  events: EventTable
  log_chunks: LogChunkTable
  log_artifacts: LogArtifactTable
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

export interface ResultTable {
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
