import { isGrpcServiceError, ServiceError } from '@temporalio/client'
import { CommitSuiteError } from '../../contract/index.ts'

/** gRPC's UNAVAILABLE and DEADLINE_EXCEEDED, CANCELLED by a closing connection. */
const AWAY = new Set([1, 4, 14])

/** The error to answer with where a call failed because Temporal is away; undefined for any other failure. */
export function temporalAway(error: unknown): CommitSuiteError | undefined {
  const cause = error instanceof ServiceError ? error.cause : error
  if (!isGrpcServiceError(cause) || !AWAY.has(cause.code)) return undefined
  const message = 'Temporal does not answer at the moment. What was asked for may not have happened; ask again.'
  return new CommitSuiteError('temporal_unavailable', message, {}, { cause: error })
}
