import type { IsolationStatus, KnownOrder } from '../../contract/index.ts'

/** Tables of isolations; see `Schema`. */
export interface IsolationTables {
  isolations: IsolationTable
  isolation_orders: IsolationOrderTable
  isolation_events: IsolationEventTable
}

export interface IsolationTable {
  id: string
  repo: string
  /** JSON of the IsolationSpec. */
  spec: string
  request_digest: string
  status: IsolationStatus
  failure: string | null
  /** Name of the API key that asked for it; null where nobody's key did. */
  owner: string | null
  created_at: string
  finished_at: string | null
  /** JSON of the IsolationLaunch; null until the commit is known. */
  launch: string | null
  /** JSON of the IsolationState; null until the commit is known. */
  state: string | null
  /** How often the state was written: of two decisions that were made at once, one counts. */
  version: number
  /** Made for it so far. */
  runs: number
  /** A failing run, to look at. */
  example: string | null
  /** Number of its last event. */
  last_seq: number
}

export interface IsolationOrderTable {
  isolation: string
  /** `failing` or `passing`; or `question-<number>` until that has its answer. */
  name: string
  source: KnownOrder['from']
  run: string | null
  /** JSON array of [id, name that the tool calls it by], in order. */
  tests: string
  /** Place of the victim in it. */
  before: number
  left_out: number
}

interface IsolationEventTable {
  isolation: string
  seq: number
  type: string
  ordinal: number
  at: string
  /** JSON, of a shape that depends on the type. */
  data: string
}
