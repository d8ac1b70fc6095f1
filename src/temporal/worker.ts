import { Client, Connection } from '@temporalio/client'
import { NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker'
import { createJanitorActivities } from '../../activities/collect-environments.ts'
import { type ActivityDeps, createActivities } from '../../activities/index.ts'
import { createIsolationActivities } from '../../activities/isolation/index.ts'
import { createNotifyActivities } from '../../activities/notify/index.ts'
import { createSearchActivities } from '../../activities/search/index.ts'
import { createSessionActivities } from '../../activities/session.ts'
import { createSweepActivities } from '../../activities/sweep/index.ts'
import type { Retention } from '../config.ts'
import { controlTaskQueue, hostTaskQueue, podTaskQueue, TASK_QUEUE } from '../contract/index.ts'
import { noteActivities } from '../telemetry/note-activities.ts'
import type { WorkerTelemetry } from '../telemetry/worker-telemetry.ts'
import { failureInterceptor } from './activity-failures.ts'
import { workflowBundle } from './bundle.ts'
import { connectionOptions } from './connection-options.ts'
import { withJanitor } from './janitor-schedule.ts'
import { ensureSearchAttributes } from './search-attributes.ts'
import { startNotification } from './start-notification.ts'
import { untilServerAnswers } from './supervisor/probe.ts'
import { temporalUnavailable } from './unavailable.ts'

export interface WorkerSettings {
  address: string
  namespace: string
  cacheDir: string
  /** Of the supervisor: no TLS, and perhaps not up yet. */
  embedded: boolean
  /** How long records are kept; for ever by default. */
  retention?: Retention | undefined
  deps: Omit<ActivityDeps, 'searchable' | 'startNotification'>
  /** What the worker tells of itself; nothing unless given. */
  telemetry?: WorkerTelemetry | undefined
  /** Resolves or aborts: the worker stops polling, lets short work finish and returns. */
  signal: AbortSignal
  onReady(): void
}

/** The SDK throttles heartbeats to 0.8 of their time-out; cancellation arrives with them, so once a second. */
const HEARTBEAT = { maxHeartbeatThrottleInterval: '1 second', defaultHeartbeatThrottleInterval: '1 second' } as const
/** Runs outlive the worker in the runner: nothing is gained by waiting long for them. */
const SHUTDOWN = { shutdownGraceTime: '1 second', shutdownForceTime: '8 seconds' } as const
const CACHED_WORKFLOWS = 500
const SHORT_ACTIVITIES = 100
/** Every open lane of this host holds a place on the control queue. */
const OPEN_LANES = 2000

/**
 * One worker process: workflows and short activities of any suite, and three queues of this host: preparations and
 * runs that its slots bound, those in pods, and clean-up that must not wait behind either.
 */
export async function runWorker(settings: WorkerSettings): Promise<void> {
  const { namespace, signal, telemetry } = settings
  Runtime.install({ shutdownSignals: [], logger: settings.deps.log.temporal, ...telemetry?.runtime })
  const [[connection, client], codePath] = await Promise.all([connect(settings), workflowBundle(settings.cacheDir)])
  try {
    telemetry?.connected(() => client.workflowService.getSystemInfo({}))
    const searchable = await ensureSearchAttributes(client, namespace)
    const { executors, log } = settings.deps
    const { resultsMs, logsMs } = settings.retention ?? {}
    const always = resultsMs !== undefined || logsMs !== undefined
    const janitor = withJanitor(executors, { connection: client, namespace, log: log.activities, always })
    const temporal = new Client({ connection: client, namespace, interceptors: { workflow: telemetry?.starts ?? [] } })
    const deps: ActivityDeps = {
      ...settings.deps,
      executors: janitor,
      searchable,
      startNotification: (input) => startNotification(temporal, input),
    }
    const activities = {
      ...createActivities(deps),
      ...createJanitorActivities({ ...deps, retention: settings.retention }),
      ...createSessionActivities(deps),
      ...createSearchActivities(deps),
      ...createIsolationActivities(deps),
      ...createNotifyActivities(deps),
      ...createSweepActivities(deps),
    }
    const common = {
      connection,
      namespace,
      activities,
      interceptors: { activity: [noteActivities, failureInterceptor, ...(telemetry?.activities ?? [])] },
      ...HEARTBEAT,
      ...SHUTDOWN,
    } satisfies Partial<WorkerOptions>
    const { id: host, slots, pods } = settings.deps.host
    const workers = await Promise.all([
      Worker.create({
        ...common,
        taskQueue: TASK_QUEUE,
        workflowBundle: { codePath },
        maxCachedWorkflows: CACHED_WORKFLOWS,
        maxConcurrentActivityTaskExecutions: SHORT_ACTIVITIES,
      }),
      Worker.create({
        ...common,
        taskQueue: hostTaskQueue(host),
        maxConcurrentActivityTaskExecutions: slots,
      }),
      Worker.create({
        ...common,
        taskQueue: podTaskQueue(host),
        maxConcurrentActivityTaskExecutions: pods,
      }),
      Worker.create({
        ...common,
        taskQueue: controlTaskQueue(host),
        maxConcurrentActivityTaskExecutions: OPEN_LANES,
      }),
    ])
    const stop = () => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown()
    }
    signal.addEventListener('abort', stop, { once: true })
    const running = Promise.all(workers.map((worker) => worker.run()))
    if (signal.aborted) stop()
    else settings.onReady()
    try {
      await running
    } catch (error) {
      stop()
      throw error
    }
  } finally {
    await Promise.allSettled([connection.close(), client.close()])
  }
}

/** The embedded server starts beside its worker: asking until it answers is quicker than the client's back-off. */
async function connect({ address, namespace, embedded, signal }: WorkerSettings) {
  if (embedded) await untilServerAnswers(address, namespace, signal)
  const options = connectionOptions(address)
  try {
    return await Promise.all([NativeConnection.connect(options), Connection.connect(options)])
  } catch (cause) {
    throw temporalUnavailable(address, cause)
  }
}
