import type { Logger } from 'pino'
import type { Store } from '../store/store.ts'
import { measureActivities } from './activity-metrics.ts'
import { coreMetrics } from './core-metrics.ts'
import { countedStore } from './counted-store.ts'
import type { ListenAddress } from './listen-address.ts'
import { serveTelemetry } from './listener.ts'
import { measuredExecutors } from './measured-executors.ts'
import { processRegistry, watchDependencies, watchDisk } from './process-metrics.ts'
import { workerMetrics } from './worker-metrics.ts'
import type { WorkerTelemetry } from './worker-telemetry.ts'

/** Counts what a worker does, and serves it. */
export async function startWorkerMetrics(
  address: ListenAddress,
  { stateDir, keys, log }: { stateDir: string; keys: Store['keys']; log: Logger },
): Promise<WorkerTelemetry> {
  const registry = processRegistry()
  const metrics = workerMetrics(registry)
  let temporal = (): Promise<unknown> => Promise.reject(new Error('temporal is not connected yet'))
  const dependencies = watchDependencies(registry, { store: () => keys.any(), temporal: () => temporal() })
  watchDisk(registry, stateDir)
  const core = coreMetrics(registry)
  let polls = false
  const listener = await serveTelemetry(address, {
    registry,
    async ready() {
      if (!polls) throw new Error('the worker does not poll yet')
      await dependencies.check()
    },
  })
  log.info({ url: listener.url }, 'metrics')
  return {
    runtime: { telemetryOptions: { metrics: { buffer: core.buffer } } },
    activities: [measureActivities(metrics)],
    starts: [],
    store: (store) => countedStore(store, metrics),
    executors: (executors) => measuredExecutors(executors, metrics),
    connected(check) {
      temporal = check
    },
    polling() {
      polls = true
    },
    async close() {
      core.stop()
      await listener.close()
    },
  }
}
