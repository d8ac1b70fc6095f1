import type { FastifyRequest } from 'fastify'
import type { ExecutorName, Role, SuiteRequest } from '../../../contract/index.ts'
import type { RecordReader } from '../../../store/store.ts'
import type { StreamCursors } from '../../../store/stream-cursors.ts'
import type { SuiteControl } from '../../../temporal/suites.ts'

/** Who asks, as far as jobs are concerned. */
export interface JobCaller {
  /** Name of the key; null on a gateway without keys. */
  key: string | null
  role: Role
}

/** What the face for serverless jobs works with. */
export interface RunpodDeps {
  store: Pick<RecordReader, 'suites' | 'results' | 'tests' | 'rules' | 'events' | 'logs' | 'artifacts'>
  cursors: StreamCursors
  control: Pick<SuiteControl, 'cancel' | 'failureOf'>
  callerOf(request: FastifyRequest): JobCaller
  /** Checks what this gateway allows, its own limits included, and starts the suite. Throws `CommitSuiteError`. */
  startSuite(request: FastifyRequest, suite: SuiteRequest & { id: string }): Promise<unknown>
  /** Where the runs of jobs happen. */
  executor: ExecutorName
  /** Processes that take work from Temporal at the moment. */
  countWorkers(): Promise<number>
  /** Aborts when the gateway ends: who waits for a job is answered at once. */
  signal: AbortSignal
  /** How long `run` waits for the job to be on record, in ms. */
  admissionMs?: number
  /** How long `runsync` waits for the job to end, in ms. */
  waitMs?: number
  /** Largest answer, in bytes. */
  replyBytes?: number
}
