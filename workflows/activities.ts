import { ActivityCancellationType, proxyActivities, proxyLocalActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/api.ts'
import type { IsolationActivities } from '../activities/isolation/api.ts'
import type { NotifyActivities } from '../activities/notify/api.ts'
import type { SearchActivities } from '../activities/search/api.ts'
import type { SweepActivities } from '../activities/sweep/api.ts'

const RETRY = { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' } as const

/** Short bookkeeping in the store: one marker event each instead of three. */
const SHORT = { startToCloseTimeout: '30 seconds', retry: RETRY } as const
export const {
  admitSuite,
  admitExtension,
  failSuite,
  readCommits,
  readUnfinished,
  recordPause,
  recordRunError,
  checkEvidence,
  decide,
  failCommit,
  completeSuite,
} = proxyLocalActivities<Activities>(SHORT)
export const { admitSearch, decideRound, endSearch } = proxyLocalActivities<SearchActivities>(SHORT)
export const { admitIsolation, decideQuestion, endIsolation } = proxyLocalActivities<IsolationActivities>(SHORT)
export const { endSweep } = proxyLocalActivities<SweepActivities>(SHORT)

/** Work that may take long on any worker: clones, bulk writes. */
const LONG = {
  startToCloseTimeout: '30 minutes',
  heartbeatTimeout: '15 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { ...RETRY, maximumAttempts: 10 },
} as const
export const { resolveCommits, provisionEnvironment, closeRuns } = proxyActivities<Activities>(LONG)
export const { resolveRange } = proxyActivities<SearchActivities>(LONG)
export const { resolveIsolation, learnOrder } = proxyActivities<IsolationActivities>(LONG)
export const { planSweep, concludeSweep } = proxyActivities<SweepActivities>(LONG)

/** Preparation of a commit on its host; waits for a slot there. */
export const hostActivities = (taskQueue: string) =>
  proxyActivities<Activities>({
    taskQueue,
    startToCloseTimeout: '2 hours',
    heartbeatTimeout: '10 seconds',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { ...RETRY, maximumAttempts: 10 },
  })

/** Clean-up on its host, never behind waiting runs. */
export const controlActivities = (taskQueue: string) =>
  proxyActivities<Activities>({
    taskQueue,
    // A host that is gone cannot clean up: do not wait for it for ever.
    scheduleToCloseTimeout: '5 minutes',
    startToCloseTimeout: '2 minutes',
    heartbeatTimeout: '15 seconds',
    retry: RETRY,
  })

/**
 * The hold on a host. A time-out before the start is not retried: nobody polls the host's queue any more. The
 * hold itself waits for nothing when it is given up.
 */
export const holdActivities = (taskQueue: string) =>
  proxyActivities<Activities>({
    taskQueue,
    scheduleToStartTimeout: '60 seconds',
    startToCloseTimeout: '365 days',
    heartbeatTimeout: '10 seconds',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { initialInterval: '100 milliseconds', maximumInterval: '1 second' },
  })

/** Time beyond the run's own limit for its copy, its last output and its reports. */
const RUN_OVERHEAD_MS = 600_000

/**
 * One run. Faults of the infrastructure are counted by the activity itself (`try`), so that a killed worker
 * does not use up the tries of a run that goes on; the bound here only stops a run that kills every worker.
 */
export const runActivities = (taskQueue: string, timeoutMs: number) =>
  proxyActivities<Activities>({
    taskQueue,
    startToCloseTimeout: timeoutMs + RUN_OVERHEAD_MS,
    heartbeatTimeout: '5 seconds',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { ...RETRY, maximumAttempts: 50 },
  })

export const { planNotification, endNotification } = proxyLocalActivities<NotifyActivities>(SHORT)

/** Whoever is told may be away for a day. How long to wait before the next try, the activity says where it knows. */
export const { deliverNotification } = proxyActivities<NotifyActivities>({
  scheduleToCloseTimeout: '24 hours',
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '5 seconds', backoffCoefficient: 2, maximumInterval: '30 minutes' },
})
