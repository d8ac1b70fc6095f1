import { setTimeout as delay } from 'node:timers/promises'
import {
  Client,
  Connection,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  type WorkflowHandle,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import {
  CommitSuiteError,
  ERRORS,
  type ErrorCode,
  type ErrorDetail,
  invalidInput,
  isOpen,
  parseSuiteRequest,
  suiteWorkflowId,
  TASK_QUEUE,
} from '../contract/index.ts'
import { requestDigest } from '../store/request-digest.ts'
import type { Store, StoredSuite } from '../store/store.ts'
import { connectionOptions } from './connection-options.ts'
import type { SuiteControl } from './suites.ts'
import { temporalUnavailable } from './unavailable.ts'

export interface ConnectOptions {
  address: string
  namespace: string
  store: Store
}

const POLL_MS = 25
const LONGEST_SUMMARY = 200
const DEFAULT_PRIORITY = 2

type AskedSuite = Parameters<SuiteControl['start']>[0]

/** Connects to Temporal; throws `temporal_unavailable` where it does not answer. */
export async function connectSuites({ address, namespace, store }: ConnectOptions): Promise<SuiteControl> {
  const connection = await connect(address)
  const client = new Client({ connection, namespace })
  const handleOf = (suite: string) => client.workflow.getHandle(suiteWorkflowId(suite))
  return {
    start: (request) => start(client, store, request),
    cancel: (suite) => steer(store, suite, async () => void (await handleOf(suite).cancel())),
    pause: (suite, note) => steer(store, suite, () => handleOf(suite).executeUpdate('pause', { args: [note] })),
    resume: (suite) => steer(store, suite, () => handleOf(suite).executeUpdate('resume')),
    failureOf: (suite) => failureOf(handleOf(suite)),
    close: () => connection.close(),
  }
}

async function connect(address: string): Promise<Connection> {
  try {
    return await Connection.connect({ ...connectionOptions(address), connectTimeout: '10 seconds' })
  } catch (cause) {
    throw temporalUnavailable(address, cause)
  }
}

const start = async (client: Client, store: Store, asked: AskedSuite) => {
  const digest = requestDigest(parseSuiteRequest(asked))
  const known = await store.suites.get(asked.id)
  if (known !== undefined) return join(known, digest)
  if (await startWorkflow(client, asked)) return { suite: asked.id, joined: false, status: 'queued' as const }
  return join(await untilAdmitted(client, store, asked.id), digest)
}

/** The same request joins the suite on record, however long ago it was; another is refused. */
function join(suite: StoredSuite, digest: string) {
  if (suite.requestDigest === digest) return { suite: suite.id, joined: true, status: suite.status }
  const rule = 'belongs to a suite with another request'
  throw invalidInput('id', suite.id, rule, 'Choose another id, or repeat the request as it was.', 'suite_conflict')
}

/** False where a workflow of that id runs already. */
async function startWorkflow(client: Client, asked: AskedSuite): Promise<boolean> {
  try {
    await client.workflow.start('CommitSuite', {
      workflowId: suiteWorkflowId(asked.id),
      taskQueue: TASK_QUEUE,
      args: [asked],
      // Bad input leaves nothing on record, so that the corrected request may have the id.
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
      priority: { priorityKey: asked.priority ?? DEFAULT_PRIORITY },
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

async function failureOf(handle: WorkflowHandle): Promise<CommitSuiteError | undefined> {
  const { status } = await handle.describe()
  if (status.name !== 'FAILED') return undefined
  try {
    await handle.result()
    return undefined
  } catch (error) {
    const cause = error instanceof WorkflowFailedError ? (error.cause ?? error) : error
    const known = errorOf(cause)
    return known instanceof CommitSuiteError ? known : new CommitSuiteError('internal', known.message, {}, { cause })
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

const isErrorCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(ERRORS, code)

/** A failure out of a workflow as the error of ours that it began as. */
function errorOf(cause: unknown): Error {
  if (cause instanceof ApplicationFailure && isErrorCode(cause.type)) {
    return new CommitSuiteError(cause.type, cause.message, detailOf(cause), { cause })
  }
  return cause instanceof Error ? cause : new Error(String(cause))
}

function detailOf(failure: ApplicationFailure): ErrorDetail {
  const detail = failure.details?.[0]
  return typeof detail === 'object' && detail !== null ? detail : {}
}
