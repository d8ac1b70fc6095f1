import { isOpen, SUITE_STATUSES } from '../../../contract/index.ts'
import type { RecordReader, StoredSuite } from '../../../store/store.ts'
import type { Cancellations } from './cancellations.ts'
import type { JobCaller, RunpodDeps } from './deps.ts'
import { hasBegun } from './job-state.ts'

interface Place {
  endpoint: string
  caller: JobCaller
}

const PAGE = 200
const CANCELLED_AT_ONCE = 20
const OPEN = SUITE_STATUSES.filter(isOpen)

/** Open jobs of this caller at this endpoint, newest first. */
async function* openJobs(
  { suites }: Pick<RecordReader, 'suites'>,
  { endpoint, caller }: Place,
): AsyncGenerator<StoredSuite> {
  const owner = caller.key === null ? {} : { owner: { key: caller.key, orNobodys: false } }
  for (let cursor: string | undefined; ; ) {
    const page = await suites.list({
      ...{ endpoint, ...owner, status: OPEN, limit: PAGE },
      ...(cursor === undefined ? {} : { cursor }),
    })
    yield* page.filter(({ spec }) => (spec.network?.key ?? null) === caller.key)
    cursor = page.at(-1)?.id
    if (page.length < PAGE) return
  }
}

/** Cancels the jobs of which no run has begun; those of others stay. */
export async function purgeQueue(deps: RunpodDeps, cancellations: Cancellations, place: Place) {
  const waiting: StoredSuite[] = []
  for await (const suite of openJobs(deps.store, place)) {
    if (!cancellations.has(suite.id) && !(await hasBegun(deps.store, suite.id))) waiting.push(suite)
  }
  for (let at = 0; at < waiting.length; at += CANCELLED_AT_ONCE) {
    const slice = waiting.slice(at, at + CANCELLED_AT_ONCE)
    await Promise.all(slice.map((suite) => cancellations.ask({ id: suite.id, suite })))
  }
  return { removed: waiting.length, status: 'completed' }
}

/** Numbers of this caller's jobs at this endpoint, and of the workers that all endpoints share. */
export async function health(deps: RunpodDeps, { endpoint, caller }: Place) {
  const jobs = { completed: 0, failed: 0, inProgress: 0, inQueue: 0, retried: 0 }
  for await (const { id, status } of openJobs(deps.store, { endpoint, caller })) {
    if (status !== 'queued' && (await hasBegun(deps.store, id))) jobs.inProgress++
    else jobs.inQueue++
  }
  const ended = await deps.store.suites.countEnded({ endpoint, owner: caller.key })
  jobs.completed = ended.completed
  jobs.failed = ended.failed
  const workers = await deps.countWorkers()
  const running = Math.min(workers, jobs.inProgress)
  const idle = workers - running
  return { jobs, workers: { idle, initializing: 0, ready: idle, running, throttled: 0, unhealthy: 0 } }
}
