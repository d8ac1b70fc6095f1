import { Worker, type WorkerDeploymentOptions, type WorkerOptions } from '@temporalio/worker'
import type { WorkerHost } from '../../activities/deps.ts'
import { controlTaskQueue, hostTaskQueue, podTaskQueue, TASK_QUEUE } from '../contract/index.ts'
import type { WorkerRole } from '../worker-config.ts'
import type { Slots } from './worker-slots.ts'

/** Runs outlive the worker in the runner: unless it is to drain, nothing is gained by waiting long for them. */
const GRACE_MS = 1_000
/** For what has to be said goodbye to beyond that. */
const FORCE_MS = 7_000
const CACHED_WORKFLOWS = 500
/**
 * Whose poll waits longest gets the next task: with ten polls each, one host would get ten commits before another gets
 * its first. One poll after the other is quick enough for tasks that take far longer than it.
 */
const IN_TURNS = { activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 1 } } as const
const SHORT_ACTIVITIES = 100
/** Every open lane of this host holds a place on the control queue. */
const OPEN_LANES = 2000

export interface QueueOptions {
  role: WorkerRole
  host: WorkerHost
  codePath: string
  slots: Slots
  version: WorkerDeploymentOptions | undefined
  drainMs: number | undefined
  /** Of every worker. */
  common: Pick<WorkerOptions, 'connection' | 'namespace' | 'activities' | 'interceptors'> & Partial<WorkerOptions>
}

/** The workers of a process, by when they end: those that take work on, then the one that holds lanes here. */
export interface QueueWorkers {
  takers: Worker[]
  holder: Worker | undefined
}

/**
 * What a role polls. `orchestration` takes workflow tasks, with the short activities that run within them; `runs` takes
 * every other activity: those that any worker can do, and three queues of its host – preparations and runs that its slots
 * bound, those in pods, and clean-up that must not wait behind either.
 */
export async function createQueueWorkers(options: QueueOptions): Promise<QueueWorkers> {
  const { role, host, slots, drainMs = GRACE_MS } = options
  const common = {
    ...options.common,
    shutdownGraceTime: drainMs,
    shutdownForceTime: drainMs + FORCE_MS,
  }
  const shared = Worker.create({ ...common, ...sharedQueue(options) })
  if (role === 'orchestration') return { takers: [await shared], holder: undefined }
  const [sharedWorker, runs, pods, holder] = await Promise.all([
    shared,
    Worker.create({ ...common, taskQueue: hostTaskQueue(host.id), ...slots({ activities: host.slots }) }),
    Worker.create({ ...common, taskQueue: podTaskQueue(host.id), ...slots({ activities: host.pods }) }),
    Worker.create({
      ...common,
      shutdownGraceTime: GRACE_MS,
      shutdownForceTime: GRACE_MS + FORCE_MS,
      taskQueue: controlTaskQueue(host.id),
      ...slots({ activities: OPEN_LANES, small: true }),
    }),
  ])
  return { takers: [sharedWorker, runs, pods], holder }
}

/**
 * Versions are of what decides: a host keeps its queues, and goes on with what it has, whichever version its workflows
 * have reached.
 */
function sharedQueue({ role, codePath, slots, version }: QueueOptions) {
  const shared = { taskQueue: TASK_QUEUE, ...slots({ activities: SHORT_ACTIVITIES }), ...IN_TURNS }
  if (role === 'runs') return shared
  return {
    ...shared,
    ...(version === undefined ? {} : { workerDeploymentOptions: version }),
    ...{ workflowBundle: { codePath }, maxCachedWorkflows: CACHED_WORKFLOWS },
    enableNonLocalActivities: role !== 'orchestration',
  } satisfies Partial<WorkerOptions>
}
