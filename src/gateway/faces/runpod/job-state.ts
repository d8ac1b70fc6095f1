import { isOpen, type RunResult } from '../../../contract/index.ts'
import type { RecordReader, StoredSuite } from '../../../store/store.ts'
import { isCounted } from './row.ts'

export type JobStatus = 'IN_QUEUE' | 'IN_PROGRESS' | 'COMPLETED' | 'FAILED' | 'CANCELLED' | 'TIMED_OUT'

type Read = Pick<RecordReader, 'suites' | 'results' | 'events'>

/** Whether any run of a job has begun, which need not be the first, or has a result without that. */
export async function hasBegun(store: Read, suite: string): Promise<boolean> {
  return (await store.events.has(suite, 'run.started')) || (await store.events.has(suite, 'run.finished'))
}

/** Where a job stands whose suite is open. */
export async function openStatus(store: Read, { id, status }: StoredSuite): Promise<JobStatus> {
  return status !== 'queued' && (await hasBegun(store, id)) ? 'IN_PROGRESS' : 'IN_QUEUE'
}

const DEADLINE_PASSED = 'job_timed_out: '
const LONGEST_ERROR = 10_000

/** How a job ended. One that gave no test result has failed, whatever its suite says: nothing is known of its test. */
export async function endedStatus(
  store: Read,
  suite: StoredSuite,
  results: readonly RunResult[],
): Promise<{ status: JobStatus; error?: string }> {
  const longest = suite.spec.job?.settled?.maxErrorLength ?? LONGEST_ERROR
  const withError = (status: JobStatus, error: string) => ({ status, error: shortened(error, longest) })
  if (suite.status === 'cancelled') return { status: 'CANCELLED' }
  if (suite.status === 'failed') {
    const failure = suite.failure ?? 'the job failed'
    return withError(failure.startsWith(DEADLINE_PASSED) ? 'TIMED_OUT' : 'FAILED', failure)
  }
  if (results.some(({ outcome }) => isCounted(outcome))) return { status: 'COMPLETED' }
  return withError('FAILED', await whyNothingRan(store, suite.id))
}

function shortened(text: string, longest: number): string {
  const characters = [...text]
  return characters.length <= longest ? text : `${characters.slice(0, longest).join('')}…`
}

/** Steps of a set-up come before any run. */
const FIRST_EVENTS = 200

async function whyNothingRan(store: Read, suite: string): Promise<string> {
  const [commit] = await store.suites.commits(suite, 0, 1)
  const verdict = commit === undefined ? undefined : await store.suites.verdict(suite, commit.sha)
  const reason = verdict?.reason ?? 'no_results'
  const events = await store.events.read(suite, 0, FIRST_EVENTS)
  const failed = events.findLast((event) => event.type === 'environment.step' && event.data.step === 'failed')
  const said = failed?.type === 'environment.step' ? failed.data.message : 'no run gave a test result'
  return `${reason}: ${said}`
}

/** When runs began, and how long the job took from then on, in ms. */
export function timesOf({ createdAt, finishedAt }: StoredSuite, results: readonly RunResult[]) {
  const created = Date.parse(createdAt)
  const ended = finishedAt === null ? Date.now() : Date.parse(finishedAt)
  const starts = results.flatMap(({ startedAt }) => (startedAt === null ? [] : [Date.parse(startedAt)]))
  const began = starts.length === 0 ? ended : Math.min(...starts)
  return { delayTime: Math.max(0, began - created), executionTime: Math.max(0, ended - began) }
}

export const hasEnded = ({ status }: StoredSuite): boolean => !isOpen(status)
