import { WorkflowFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { CommitSuiteError, ERRORS, type ErrorCode, type ErrorDetail } from '../contract/index.ts'

const isErrorCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(ERRORS, code)

/** A failure out of a workflow, through all that it is wrapped in, as the error of ours that it began as. */
export function errorOf(cause: unknown): Error {
  for (let error = cause; error instanceof Error; error = error.cause) {
    if (error instanceof ApplicationFailure && isErrorCode(error.type)) {
      return new CommitSuiteError(error.type, error.message, detailOf(error), { cause })
    }
  }
  return cause instanceof Error ? cause : new Error(String(cause))
}

/** Why a workflow failed. */
export function workflowFailure(error: unknown): CommitSuiteError {
  const cause = error instanceof WorkflowFailedError ? (error.cause ?? error) : error
  const known = errorOf(cause)
  return known instanceof CommitSuiteError ? known : new CommitSuiteError('internal', known.message, {}, { cause })
}

function detailOf(failure: ApplicationFailure): ErrorDetail {
  const detail = failure.details?.[0]
  return typeof detail === 'object' && detail !== null ? detail : {}
}
