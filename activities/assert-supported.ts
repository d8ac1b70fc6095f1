import { ApplicationFailure } from '@temporalio/common'
import { CommitSuiteError } from '../src/contract/index.ts'
import type { SoundRequest } from '../src/contract/parse-request.ts'
import type { ActivityDeps } from './deps.ts'

/** Someone waits for the answer; once a suite has begun, a cluster that is away is waited for much longer. */
const ANSWER_WITHIN_MS = 20_000

/**
 * Refuses a suite whose runs could not happen here. What may pass later (a cluster that does not answer) is final too:
 * a suite that has not begun is better refused than left to wait in silence.
 */
export async function assertSupported(
  { executors }: Pick<ActivityDeps, 'executors'>,
  { executor: name, isolation, cluster }: Pick<SoundRequest, 'executor' | 'isolation' | 'cluster'>,
): Promise<void> {
  const executor = await executors.of(name)
  try {
    await answered(executor.assertSupported(isolation, cluster))
  } catch (error) {
    throw error instanceof CommitSuiteError && error.retryable ? asFinal(error) : error
  }
}

const asFinal = (error: CommitSuiteError): ApplicationFailure =>
  ApplicationFailure.create({
    message: error.message,
    type: error.code,
    nonRetryable: true,
    details: [error.detail],
    cause: error,
  })

async function answered(asked: Promise<void>): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    const message = `The cluster has not answered within ${ANSWER_WITHIN_MS / 1000} s.`
    reject(new CommitSuiteError('cluster_unavailable', message))
  }, ANSWER_WITHIN_MS)
  try {
    await Promise.race([asked, late])
  } finally {
    clearTimeout(timer)
  }
}
