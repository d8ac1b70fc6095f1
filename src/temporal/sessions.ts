import { randomUUID } from 'node:crypto'
import { type Client, WorkflowFailedError } from '@temporalio/client'
import { TimeoutFailure } from '@temporalio/common'
import type { SessionPlace } from '../../workflows/api.ts'
import { CommitSuiteError, type SessionRequest, TASK_QUEUE } from '../contract/index.ts'
import { workflowFailure } from './failures.ts'

type Asked = Omit<SessionRequest, 'action'>

/** The places of clients' sessions. A gateway touches no executor: the worker makes them and looks them up. */
export interface SessionControl {
  /** Makes the place of a session, or finds it there. `template_not_found`, `environment_refused`, … */
  ensure(request: Asked): Promise<SessionPlace>
  /** Looks whether it is there, whichever connection or gateway made it. */
  find(request: Asked): Promise<SessionPlace>
}

const LONGEST_SUMMARY = 200
/** Beyond the activity's own; without any worker nothing would end it. */
const WITHIN = '6 minutes'

/** Set where no worker took the request, or none could carry it through in time. */
function inVain(error: WorkflowFailedError): CommitSuiteError | undefined {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (!(cause instanceof TimeoutFailure)) continue
    const message = 'No worker has answered in time. Ask again when one runs.'
    return new CommitSuiteError('temporal_unavailable', message, {}, { cause: error })
  }
  return undefined
}

/** Each call is one run of the workflow `Session`. */
export function sessionControl(client: Client): SessionControl {
  const call = async (request: SessionRequest): Promise<SessionPlace> => {
    const { chat, user } = request.session
    try {
      return await client.workflow.execute('Session', {
        workflowId: `session/${randomUUID()}`,
        taskQueue: TASK_QUEUE,
        args: [request],
        workflowExecutionTimeout: WITHIN,
        // People wait for it.
        priority: { priorityKey: 1 },
        staticSummary: `${request.action} ${chat} ${user}`.slice(0, LONGEST_SUMMARY),
      })
    } catch (error) {
      throw error instanceof WorkflowFailedError ? (inVain(error) ?? workflowFailure(error)) : error
    }
  }
  return {
    ensure: (request) => call({ ...request, action: 'ensure' }),
    find: (request) => call({ ...request, action: 'find' }),
  }
}
