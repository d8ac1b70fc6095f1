import { setTimeout as delay } from 'node:timers/promises'
import {
  type Client,
  Connection,
  type WorkflowClientInterceptor,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client'
import { invalidInput, isOpen, parseSuiteRequest, suiteWorkflowId, TASK_QUEUE } from '../contract/index.ts'
import { priorityOf } from '../requests/priority.ts'
import { requestDigest } from '../store/request-digest.ts'
import type { Store, StoredSuite } from '../store/store.ts'
import { connectionOptions } from './connection-options.ts'
import { extendSuite } from './extend-suite.ts'
import { errorOf } from './failures.ts'
import { isolationControl } from './isolations.ts'
import { payloadEncryption, temporalClient } from './payloads/encryption.ts'
import { searchControl } from './searches.ts'
import { type SessionControl, sessionControl } from './sessions.ts'
import type { StartOptions, SuiteControl } from './suites.ts'
import { sweepControl } from './sweeps.ts'
import { temporalUnavailable } from './unavailable.ts'
import { failureOf } from './workflow-failure.ts'

export interface ConnectOptions {
  address: string
  namespace: string
  store: Store
  /** Around the starts of workflows. */
  interceptors?: readonly WorkflowClientInterceptor[]
  /** Keys of what Temporal keeps; nothing is encrypted without. */
  payloadKeysFile?: string | undefined
}

/** `TASK_QUEUE_TYPE_WORKFLOW` of the API. */
const WORKFLOWS_OF_A_QUEUE = 1
const POLL_MS = 25
const LONGEST_SUMMARY = 200
const DEFAULT_PRIORITY = 2

type AskedSuite = Parameters<SuiteControl['start']>[0]

/** What a gateway needs besides. */
export interface GatewayControl extends SuiteControl {
  sessions: SessionControl
  /** Processes that take suites from Temporal at the moment. */
  countWorkers(): Promise<number>
}

/** Connects to Temporal; throws `temporal_unavailable` where it does not answer, `config_invalid` for bad keys. */
export async function connectSuites(options: ConnectOptions): Promise<GatewayControl> {
  const { address, namespace, store, payloadKeysFile, interceptors = [] } = options
  const encryption = payloadEncryption(payloadKeysFile)
  const connection = await connect(address)
  const client = temporalClient(connection, namespace, { encryption, interceptors })
  const handleOf = (suite: string) => client.workflow.getHandle(suiteWorkflowId(suite))
  return {
    sessions: sessionControl(client),
    start: (request, options) => start(client, store, request, options),
    cancel: (suite) => steer(store, suite, async () => void (await handleOf(suite).cancel())),
    pause: (suite, note) => steer(store, suite, () => handleOf(suite).executeUpdate('pause', { args: [note] })),
    resume: (suite) => steer(store, suite, () => handleOf(suite).executeUpdate('resume')),
    extend: (suite, extension) => extendSuite(client, store, suite, extension),
    failureOf: (suite) => failureOf(handleOf(suite)),
    searches: searchControl(client, store),
    isolations: isolationControl(client, store),
    sweeps: sweepControl(client.schedule),
    countWorkers: () => countWorkers(connection, namespace),
    check: async () => void (await connection.workflowService.getSystemInfo({})),
    close: () => connection.close(),
  }
}

async function countWorkers({ workflowService }: Connection, namespace: string): Promise<number> {
  const { pollers } = await workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: TASK_QUEUE },
    taskQueueType: WORKFLOWS_OF_A_QUEUE,
  })
  return new Set(pollers.map(({ identity }) => identity)).size
}

async function connect(address: string): Promise<Connection> {
  try {
    return await Connection.connect({ ...connectionOptions(address), connectTimeout: '10 seconds' })
  } catch (cause) {
    throw temporalUnavailable(address, cause)
  }
}

const start = async (client: Client, store: Store, asked: AskedSuite, { alone = false }: StartOptions = {}) => {
  const digest = requestDigest(parseSuiteRequest(asked))
  const known = await store.suites.get(asked.id)
  if (known !== undefined && !alone) return join(known, digest)
  if (known === undefined && (await startWorkflow(client, asked, alone))) {
    return { suite: asked.id, joined: false, status: 'queued' as const }
  }
  if (alone) throw invalidInput('id', asked.id, 'is taken', 'Choose another id.', 'suite_conflict')
  return join(await untilAdmitted(client, store, asked.id), digest)
}

/** The same request joins the suite on record, however long ago it was; another is refused. */
function join(suite: StoredSuite, digest: string) {
  if (suite.requestDigest === digest) return { suite: suite.id, joined: true, status: suite.status }
  const rule = 'belongs to a suite with another request'
  throw invalidInput('id', suite.id, rule, 'Choose another id, or repeat the request as it was.', 'suite_conflict')
}

/** False where a workflow of that id runs already. */
async function startWorkflow(client: Client, asked: AskedSuite, alone: boolean): Promise<boolean> {
  const { ALLOW_DUPLICATE_FAILED_ONLY, REJECT_DUPLICATE } = WorkflowIdReusePolicy
  try {
    await client.workflow.start('CommitSuite', {
      workflowId: suiteWorkflowId(asked.id),
      taskQueue: TASK_QUEUE,
      args: [asked],
      // Bad input leaves nothing on record, so that the corrected request may have the id.
      workflowIdReusePolicy: alone ? REJECT_DUPLICATE : ALLOW_DUPLICATE_FAILED_ONLY,
      priority: priorityOf(asked.repo, asked.priority ?? DEFAULT_PRIORITY),
      staticSummary: `${asked.repo} ${(asked.commits ?? ['HEAD']).join(',')}`.slice(0, LONGEST_SUMMARY),
    })
    return true
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false
    throw error
  }
}

/** Another start of the same id came first by a moment: its suite is on record as soon as its input is checked. */
async function untilAdmitted(client: Client, store: Store, id: string): Promise<StoredSuite> {
  for (;;) {
    const stored = await store.suites.get(id)
    if (stored !== undefined) return stored
    const failure = await failureOf(client.workflow.getHandle(suiteWorkflowId(id)))
    if (failure !== undefined) throw failure
    await delay(POLL_MS)
  }
}

async function steer(store: Store, suite: string, act: () => Promise<void>): Promise<void> {
  const stored = await store.suites.get(suite)
  if (stored === undefined) {
    throw invalidInput('suite', suite, 'is not on record', 'See `commit-suite list`.', 'suite_not_found')
  }
  const over = () => invalidInput('suite', suite, `is ${stored.status} already`, undefined, 'suite_not_running')
  if (!isOpen(stored.status)) throw over()
  try {
    await act()
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw over()
    if (error instanceof WorkflowUpdateFailedError) throw errorOf(error.cause ?? error)
    throw error
  }
}
