import { setTimeout as delay } from 'node:timers/promises'
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowHandle,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import {
  CommitSuiteError,
  type ExtensionRequest,
  invalidInput,
  isOpen,
  type NumberedExtension,
  parseExtension,
  suiteWorkflowId,
  TASK_QUEUE,
} from '../contract/index.ts'
import { priorityOf } from '../requests/priority.ts'
import { extensionDigest } from '../store/request-digest.ts'
import type { Store, StoredSuite } from '../store/store.ts'
import { errorOf, workflowFailure } from './failures.ts'
import type { Extended } from './suites.ts'

const POLL_MS = 50
/** A suite that is just ending is extended once it has ended; cleaning up behind many runs takes its time. */
const LONGEST_END_MS = 60_000

/** See `SuiteControl.extend`. */
export async function extendSuite(
  client: Client,
  store: Store,
  suite: string,
  { expected, ...asked }: ExtensionRequest & { expected: number },
): Promise<Extended> {
  const digest = extensionDigest(parseExtension(asked))
  const extension = { ...asked, number: expected + 1 }
  const deadline = Date.now() + LONGEST_END_MS
  for (let joined = true; ; await delay(POLL_MS)) {
    const stored = await findSuite(store, suite)
    if (stored.extensions !== expected) {
      await assertSame(store, stored, extension, digest)
      return { suite, extension: extension.number, joined, status: stored.status }
    }
    if (Date.now() > deadline) throw stillEnding(suite)
    joined = false
    if (isOpen(stored.status) && (await update(client, suite, extension)) !== 'no workflow') continue
    const execution = await restart(client, stored, extension)
    if (execution !== undefined) await untilRecorded(store, suite, extension.number, execution)
  }
}

async function findSuite(store: Store, id: string): Promise<StoredSuite> {
  const stored = await store.suites.get(id)
  if (stored !== undefined) return stored
  throw invalidInput('suite', id, 'is not on record', 'See `commit-suite list`.', 'suite_not_found')
}

/** The suite has been extended meanwhile: perhaps by this very call, whose answer was lost. */
async function assertSame(
  store: Store,
  { id, extensions }: StoredSuite,
  { number }: NumberedExtension,
  digest: string,
): Promise<void> {
  if ((await store.suites.extension(id, number))?.requestDigest === digest) return
  const rule = `suite ${id} has ${extensions} extensions, so that the next one is number ${extensions + 1}`
  const remedy = 'Look at what it shows now, and extend it again if that is still wanted.'
  throw invalidInput('number', number, rule, remedy, 'extension_conflict')
}

const stillEnding = (suite: string): CommitSuiteError =>
  invalidInput('suite', suite, 'is still ending', 'Wait for its end, then extend it.', 'extension_conflict')

/** Temporal's name for an update that was accepted by a workflow that ended before it was done. */
const CUT_OFF = 'AcceptedUpdateCompletedWorkflow'

/** Asks the suite's workflow; `ending` where it takes no more extensions. */
async function update(
  client: Client,
  suite: string,
  extension: NumberedExtension,
): Promise<'extended' | 'ending' | 'no workflow'> {
  const handle = client.workflow.getHandle(suiteWorkflowId(suite))
  try {
    await handle.executeUpdate('extend', { args: [extension], updateId: `extension-${extension.number}` })
    return 'extended'
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'no workflow'
    if (!(error instanceof WorkflowUpdateFailedError)) throw error
    if (error.cause instanceof ApplicationFailure && error.cause.type === CUT_OFF) return 'ending'
    const known = errorOf(error.cause ?? error)
    if (known instanceof CommitSuiteError && known.code === 'suite_not_running') return 'ending'
    throw known
  }
}

/** Another execution of the suite's workflow; undefined where one runs, this suite's last or another extension's. */
async function restart(
  client: Client,
  { id, spec }: StoredSuite,
  extension: NumberedExtension,
): Promise<WorkflowHandle | undefined> {
  const workflowId = suiteWorkflowId(id)
  try {
    const { firstExecutionRunId } = await client.workflow.start('CommitSuite', {
      workflowId,
      taskQueue: TASK_QUEUE,
      args: [{ id, repo: spec.repo }, null, extension],
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      priority: priorityOf(spec.repo, spec.priority),
      staticSummary: `${spec.repo} extension ${extension.number}`.slice(-200),
    })
    return client.workflow.getHandle(workflowId, firstExecutionRunId)
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined
    throw error
  }
}

/** Until the execution has recorded its extension; throws why it was refused. */
async function untilRecorded(store: Store, suite: string, number: number, execution: WorkflowHandle): Promise<void> {
  while ((await findSuite(store, suite)).extensions < number) {
    const { status } = await execution.describe()
    if (status.name === 'FAILED') {
      await execution.result().catch((error: unknown) => {
        throw workflowFailure(error)
      })
    }
    await delay(POLL_MS)
  }
}
