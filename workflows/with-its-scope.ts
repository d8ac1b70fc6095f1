import {
  CancellationScope,
  type ChildWorkflowHandle,
  getExternalWorkflowHandle,
  patched,
  type Workflow,
  type WorkflowResultType,
} from '@temporalio/workflow'

const CANCEL_AGAIN = 'cancel-a-child-that-was-being-started'

/**
 * Has a child that is being started cancelled with this scope whenever that is. A cancellation that comes while the
 * server is still starting the child finds nothing to cancel (`RequestCancelExternalWorkflowExecutionFailed`), and the
 * SDK leaves it at that: whoever waits for the child would wait for as long as it likes. So it is asked again once it is
 * there, which costs 5 events then and none otherwise.
 */
export async function withItsScope<T extends Workflow>(
  starting: Promise<ChildWorkflowHandle<T>>,
): Promise<ChildWorkflowHandle<T>> {
  const scope = CancellationScope.current()
  const handle = await starting
  if (scope.consideredCancelled && patched(CANCEL_AGAIN)) {
    const again = () => getExternalWorkflowHandle(handle.workflowId).cancel()
    // It may have ended since.
    await CancellationScope.nonCancellable(again).catch(() => undefined)
  }
  return handle
}

/** The result of such a child. */
export async function resultWithItsScope<T extends Workflow>(
  starting: Promise<ChildWorkflowHandle<T>>,
): Promise<WorkflowResultType<T>> {
  return await (await withItsScope(starting)).result()
}
