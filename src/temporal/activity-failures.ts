import type { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import type { ActivityInterceptorsFactory } from '@temporalio/worker'
import { CommitSuiteError } from '../contract/index.ts'

/** Our errors as Temporal's: the code becomes the type, and the catalogue says whether it is tried again. */
export const failureInterceptor: ActivityInterceptorsFactory = (_context: Context) => ({
  inbound: {
    async execute(input, next) {
      try {
        return await next(input)
      } catch (error) {
        throw error instanceof CommitSuiteError ? asFailure(error) : error
      }
    },
  },
})

function asFailure(error: CommitSuiteError): ApplicationFailure {
  return ApplicationFailure.create({
    message: error.message,
    type: error.code,
    nonRetryable: !error.retryable,
    details: [error.detail],
    cause: error,
  })
}
