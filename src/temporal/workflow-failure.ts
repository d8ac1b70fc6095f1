import type { WorkflowHandle } from '@temporalio/client'
import type { CommitSuiteError } from '../contract/index.ts'
import { workflowFailure } from './failures.ts'

/** Why a workflow failed; undefined while it runs and after any other end. */
export async function failureOf(handle: WorkflowHandle): Promise<CommitSuiteError | undefined> {
  const { status } = await handle.describe()
  if (status.name !== 'FAILED') return undefined
  try {
    await handle.result()
    return undefined
  } catch (error) {
    return workflowFailure(error)
  }
}
