import type { Logger } from 'pino'
import type { ExecutorName, SuiteRequest } from '../../../contract/index.ts'
import type { RecordReader } from '../../../store/store.ts'
import type { SessionControl } from '../../../temporal/sessions.ts'
import type { SuiteControl } from '../../../temporal/suites.ts'
import type { Caller } from '../../auth/caller.ts'
import type { StreamLife } from '../../streams/stream-life.ts'
import type { Turns } from '../../turns.ts'

/** What the face needs of the gateway. */
export interface FaceDeps {
  store: RecordReader
  control: Pick<SuiteControl, 'failureOf'>
  sessions: SessionControl
  /**
   * Starts a suite for a caller, within what its key may, under an id that no request had before: throws
   * `suite_conflict` where one had, and what the request was refused for.
   */
  start(caller: Caller, request: SuiteRequest & { id: string }): Promise<unknown>
  /** Where the tests of this face happen. */
  executor: ExecutorName
  /** Of every suite that this face starts. */
  defaults?: Partial<Pick<SuiteRequest, 'cluster' | 'isolation' | 'limits' | 'timeoutMs'>>
  log: Pick<Logger, 'warn' | 'error'>
  times?: Partial<FaceTimes>
}

export interface FaceTimes {
  /** Between two looks at the store. */
  pollMs: number
  /** Between two pings; a client that did not answer the last one is gone. */
  heartbeatMs: number
  /** How long a message may wait for the client to read. */
  stallMs: number
}
export const TIMES: FaceTimes = { pollMs: 100, heartbeatMs: 30_000, stallMs: 30_000 }

/** What all connections of a gateway share. */
export interface Face extends FaceDeps {
  times: FaceTimes
  /** Requests of one session within this gateway; `startAlone` keeps them apart across gateways. */
  turns: Turns
}

/** One client: who asks, and until when it is served. */
export interface Client {
  caller: Caller
  life: StreamLife
}
