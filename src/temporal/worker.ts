import { Connection } from '@temporalio/client'
import { NativeConnection, Runtime } from '@temporalio/worker'
import { createJanitorActivities } from '../../activities/collect-environments.ts'
import { type ActivityDeps, createActivities } from '../../activities/index.ts'
import { createIsolationActivities } from '../../activities/isolation/index.ts'
import { createNotifyActivities } from '../../activities/notify/index.ts'
import { createSearchActivities } from '../../activities/search/index.ts'
import { createSessionActivities } from '../../activities/session.ts'
import { createSweepActivities } from '../../activities/sweep/index.ts'
import type { Retention } from '../config.ts'
import { noteActivities } from '../telemetry/note-activities.ts'
import type { WorkerTelemetry } from '../telemetry/worker-telemetry.ts'
import type { FleetConfig } from '../worker-config.ts'
import { failureInterceptor } from './activity-failures.ts'
import { workflowBundle } from './bundle.ts'
import { connectionOptions } from './connection-options.ts'
import { withJanitor } from './janitor-schedule.ts'
import { payloadEncryption, temporalClient } from './payloads/encryption.ts'
import { runWorkers } from './run-workers.ts'
import { ensureSearchAttributes } from './search-attributes.ts'
import { startNotification } from './start-notification.ts'
import { untilServerAnswers } from './supervisor/probe.ts'
import { temporalUnavailable } from './unavailable.ts'
import { createQueueWorkers } from './worker-queues.ts'
import { fixedSlots, slotsByUsage } from './worker-slots.ts'
import { workerVersion } from './worker-version.ts'

export interface WorkerSettings {
  address: string
  namespace: string
  cacheDir: string
  /** Of the supervisor: no TLS, and perhaps not up yet. */
  embedded: boolean
  /** How long records are kept; for ever by default. */
  retention?: Retention | undefined
  fleet: FleetConfig
  /** Keys of what Temporal keeps; nothing is encrypted without. */
  payloadKeysFile?: string | undefined
  deps: Omit<ActivityDeps, 'searchable' | 'startNotification' | 'leaving' | 'repositoryLabel'>
  /** What the worker tells of itself; nothing unless given. */
  telemetry?: WorkerTelemetry | undefined
  /** Aborts: the worker stops polling, lets short work finish and returns. */
  signal: AbortSignal
  /** Called with the version that the worker announces, where there are versions. */
  onReady(version?: string): void
}

/** The SDK throttles heartbeats to 0.8 of their time-out; cancellation arrives with them, so once a second. */
const HEARTBEAT = { maxHeartbeatThrottleInterval: '1 second', defaultHeartbeatThrottleInterval: '1 second' } as const

/** One worker process: the queues of its role until the signal aborts. */
export async function runWorker(settings: WorkerSettings): Promise<void> {
  const { namespace, signal, fleet, telemetry, onReady } = settings
  const leaving = fleet.drainMs === undefined ? undefined : new AbortController()
  Runtime.install({ shutdownSignals: [], logger: settings.deps.log.temporal, ...telemetry?.runtime })
  const encryption = payloadEncryption(settings.payloadKeysFile)
  const [[connection, client], codePath] = await Promise.all([
    connect(settings),
    workflowBundle(settings.cacheDir, encryption),
  ])
  try {
    telemetry?.connected(() => client.workflowService.getSystemInfo({}))
    const searchable = await ensureSearchAttributes(client, namespace)
    const { executors, log } = settings.deps
    const { resultsMs, logsMs } = settings.retention ?? {}
    const always = resultsMs !== undefined || logsMs !== undefined
    const janitor = withJanitor(executors, { connection: client, namespace, log: log.activities, always })
    const temporal = temporalClient(client, namespace, { encryption, interceptors: telemetry?.starts ?? [] })
    const deps: ActivityDeps = {
      ...settings.deps,
      executors: janitor,
      searchable,
      leaving: leaving?.signal,
      repositoryLabel: encryption.labelOf,
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
    const interceptors = { activity: [noteActivities, failureInterceptor, ...(telemetry?.activities ?? [])] }
    const { dataConverter } = encryption
    const version = await workerVersion(fleet.deployment, codePath)
    const { role, usage, drainMs } = fleet
    const workers = await createQueueWorkers({
      ...{ role, codePath, version, drainMs, host: deps.host },
      slots: usage === undefined ? fixedSlots : slotsByUsage(usage),
      common: { connection, namespace, activities, interceptors, dataConverter, ...HEARTBEAT },
    })
    await runWorkers(workers, { signal, leaving, onReady: () => onReady(version?.version.buildId) })
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
