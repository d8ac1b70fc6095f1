import { WorkflowNotFoundError } from '@temporalio/client'
import { type CommitSuiteError, ID_PATTERN, invalidInput } from '../../../contract/index.ts'
import type { StoredSuite } from '../../../store/store.ts'
import { jobCursor } from '../../../store/stream-cursors.ts'
import type { JobCaller, RunpodDeps } from './deps.ts'

/** A job as its endpoint and its owner know it. */
export interface JobAddress {
  id: string
  endpoint: string
  caller: JobCaller
}

/** A job that was accepted; `suite` is undefined until a worker has put it on record. */
export interface FoundJob {
  id: string
  suite: StoredSuite | undefined
}

/** Throws `suite_not_found` for a job of another key or another endpoint too, so that ids cannot be probed. */
export async function findJob({ store, cursors }: RunpodDeps, address: JobAddress): Promise<FoundJob> {
  const { id, endpoint, caller } = address
  if (!ID_PATTERN.test(id)) throw unknownJob(id)
  const suite = await store.suites.get(id)
  if (suite !== undefined) {
    const { job, network } = suite.spec
    const isOwn = caller.role === 'admin' || (network?.key ?? null) === caller.key
    if (!isOwn || job?.endpoint !== endpoint) throw unknownJob(id)
    return { id, suite }
  }
  if ((await cursors.get(jobCursor({ id, endpoint, owner: caller.key }))) === undefined) throw unknownJob(id)
  return { id, suite: undefined }
}

const unknownJob = (id: string): CommitSuiteError =>
  invalidInput('id', id, 'no such job at this endpoint', undefined, 'suite_not_found')

/** The cursor of a job that is on record belongs to its owner, whoever reads it. */
export const cursorOfJob = ({ id, suite }: FoundJob, { endpoint, caller }: JobAddress): string =>
  jobCursor({ id, endpoint, owner: suite === undefined ? caller.key : (suite.spec.network?.key ?? null) })

/**
 * Why a job that is not on record was refused; undefined while it waits for a worker. Throws `suite_not_found` where
 * Temporal has forgotten it.
 */
export async function refusalOf(
  { control }: Pick<RunpodDeps, 'control'>,
  id: string,
): Promise<CommitSuiteError | undefined> {
  try {
    return await control.failureOf(id)
  } catch (error) {
    throw error instanceof WorkflowNotFoundError ? unknownJob(id) : error
  }
}
