import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowIdReusePolicy } from '@temporalio/client'
import type { NotifyInput } from '../../activities/notify/api.ts'
import { notifyWorkflowId, TASK_QUEUE } from '../contract/index.ts'

/** Behind suites, whose ends they tell of. */
const PRIORITY = 3

/** Starts the workflow `Notify`; one of that end and target that was started before, whatever became of it, is enough. */
export async function startNotification(client: Client, input: NotifyInput): Promise<void> {
  const { suite, target, extension } = input
  try {
    await client.workflow.start('Notify', {
      workflowId: notifyWorkflowId(suite, target, extension),
      taskQueue: TASK_QUEUE,
      args: [input],
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      priority: { priorityKey: PRIORITY },
      staticSummary: `tells ${target} of ${suite}`,
    })
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
  }
}
