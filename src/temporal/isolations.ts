import { setTimeout as delay } from 'node:timers/promises'
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from '@temporalio/client'
import {
  type CommitSuiteError,
  type IsolationRequest,
  type IsolationStatus,
  invalidInput,
  isOpen,
  isolationWorkflowId,
  type OpenIsolation,
  parseIsolationRequest,
  type SoundIsolation,
  TASK_QUEUE,
} from '../contract/index.ts'
import { filledByRun } from '../requests/isolation-request.ts'
import { priorityOf } from '../requests/priority.ts'
import { requireRun } from '../store/find-run.ts'
import type { StoredIsolation } from '../store/isolations/isolation-store.ts'
import { isolationNotFound } from '../store/isolations/not-found.ts'
import { isolationDigest } from '../store/request-digest.ts'
import type { Store } from '../store/store.ts'
import { failureOf } from './workflow-failure.ts'

export type NamedIsolation = OpenIsolation & Pick<IsolationRequest, 'network'> & { id: string }

export interface StartedIsolation {
  isolation: string
  joined: boolean
  status: IsolationStatus
}

/** What commands do to isolations. Reading goes to the store; only these calls go to Temporal. */
export interface IsolationControl {
  /**
   * Starts an isolation; under an id that exists the same request joins it and another throws `isolation_conflict`.
   * Returns once the workflow is accepted. `run_not_found` where it begins with a run that is not on record.
   */
  start(request: NamedIsolation): Promise<StartedIsolation>
  /** Asks for cancellation; resolves when the request is accepted. `isolation_not_found`, `isolation_not_running`. */
  cancel(isolation: string): Promise<void>
  /** Why the workflow of an isolation failed; undefined while it runs and after any other end. */
  failureOf(isolation: string): Promise<CommitSuiteError | undefined>
}

const POLL_MS = 25
const LONGEST_SUMMARY = 200

export function isolationControl(client: Client, store: Store): IsolationControl {
  const handleOf = (isolation: string) => client.workflow.getHandle(isolationWorkflowId(isolation))
  const whyFailed = (isolation: string) => failureOf(handleOf(isolation))
  return {
    async start(request) {
      const { id, run } = request
      const asked = run === undefined ? request : filledByRun(request, await requireRun(store, run))
      const sound = parseIsolationRequest(asked)
      const digest = isolationDigest(sound)
      const known = await store.isolations.get(id)
      if (known !== undefined) return join(known, digest)
      if (await startWorkflow(client, { ...sound, id })) return { isolation: id, joined: false, status: 'queued' }
      return join(await untilAdmitted(store, id, whyFailed), digest)
    },
    async cancel(id) {
      const stored = await store.isolations.get(id)
      if (stored === undefined) throw isolationNotFound(id)
      const over = () =>
        invalidInput('isolation', id, `is ${stored.status} already`, undefined, 'isolation_not_running')
      if (!isOpen(stored.status)) throw over()
      await handleOf(id)
        .cancel()
        .catch((error: unknown) => {
          throw error instanceof WorkflowNotFoundError ? over() : error
        })
    },
    failureOf: whyFailed,
  }
}

/** The same request joins the isolation on record, however long ago it was; another is refused. */
function join({ id, requestDigest, status }: StoredIsolation, digest: string): StartedIsolation {
  if (requestDigest === digest) return { isolation: id, joined: true, status }
  const rule = 'belongs to an isolation with another request'
  throw invalidInput('id', id, rule, 'Choose another id, or repeat the request as it was.', 'isolation_conflict')
}

/** False where a workflow of that id runs already. */
async function startWorkflow(client: Client, asked: SoundIsolation & { id: string }): Promise<boolean> {
  try {
    await client.workflow.start('TestIsolation', {
      workflowId: isolationWorkflowId(asked.id),
      taskQueue: TASK_QUEUE,
      args: [asked],
      // Bad input leaves nothing on record, so that the corrected request may have the id.
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
      priority: priorityOf(asked.repo, asked.priority),
      staticSummary: `${asked.test} at ${asked.commit} of ${asked.repo}`.slice(0, LONGEST_SUMMARY),
    })
    return true
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false
    throw error
  }
}

/** Another start of the same id came first by a moment: it is on record as soon as its input is checked. */
async function untilAdmitted(
  store: Store,
  id: string,
  whyFailed: IsolationControl['failureOf'],
): Promise<StoredIsolation> {
  for (;;) {
    const stored = await store.isolations.get(id)
    if (stored !== undefined) return stored
    const failure = await whyFailed(id)
    if (failure !== undefined) throw failure
    await delay(POLL_MS)
  }
}
