import type { Cancellations } from './cancellations.ts'
import type { RunpodDeps } from './deps.ts'
import { type FoundJob, refusalOf } from './find-job.ts'
import { endedStatus, hasEnded, type JobStatus, openStatus, timesOf } from './job-state.ts'
import { type JobOutput, jobOutput, readResults } from './output.ts'

/** What `status` and `runsync` answer. Times in ms. */
export interface JobDocument {
  id: string
  status: JobStatus
  output?: JobOutput
  error?: string
  delayTime?: number
  executionTime?: number
}

const LARGEST_REPLY_BYTES = 20_000_000
/** Of a document without its rows. */
const FRAME_BYTES = 4096

/** Where a job stands, without its output. */
export async function jobStatus(
  deps: RunpodDeps,
  cancellations: Cancellations,
  { id, suite }: FoundJob,
): Promise<JobStatus> {
  if (suite === undefined) {
    if (cancellations.has(id)) return 'CANCELLED'
    return (await refusalOf(deps, id)) === undefined ? 'IN_QUEUE' : 'FAILED'
  }
  if (hasEnded(suite)) return (await endedStatus(deps.store, suite, await readResults(deps.store, id))).status
  return cancellations.has(id) ? 'CANCELLED' : await openStatus(deps.store, suite)
}

/** All that is to say of a job; output as soon as it has ended. */
export async function jobDocument(deps: RunpodDeps, cancellations: Cancellations, job: FoundJob): Promise<JobDocument> {
  const { id, suite } = job
  if (suite === undefined) {
    const refusal = await refusalOf(deps, id)
    if (refusal !== undefined) return { id, status: 'FAILED', error: refusal.message }
  }
  if (suite === undefined || !hasEnded(suite)) return { id, status: await jobStatus(deps, cancellations, job) }
  const results = await readResults(deps.store, id)
  const ending = await endedStatus(deps.store, suite, results)
  const bytes = (deps.replyBytes ?? LARGEST_REPLY_BYTES) - FRAME_BYTES - Buffer.byteLength(ending.error ?? '')
  const output = results.length === 0 ? undefined : await jobOutput(deps.store, suite, results, bytes)
  return { id, ...ending, ...(output === undefined ? {} : { output }), ...timesOf(suite, results) }
}
