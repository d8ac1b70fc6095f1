import type { WorkflowClientInterceptor } from '@temporalio/client'
import type { ActivityInterceptorsFactory, RuntimeOptions } from '@temporalio/worker'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { Executors } from '../executors/executor.ts'
import type { Store } from '../store/store.ts'
import { wantsTraces } from './trace-settings.ts'

/** One thing that a worker tells of itself: metrics, or traces. */
export interface WorkerTelemetry {
  /** Of the SDK's runtime. */
  runtime?: Pick<RuntimeOptions, 'telemetryOptions'>
  activities: ActivityInterceptorsFactory[]
  /** Around the starts of workflows. */
  starts: WorkflowClientInterceptor[]
  store(store: Store): Store
  executors(executors: Executors): Executors
  /** Told how to ask whether Temporal answers, as soon as there is a connection. */
  connected(check: () => Promise<unknown>): void
  /** Told when the worker polls. */
  polling(): void
  close(): Promise<void>
}

/**
 * Begins what the configuration and OpenTelemetry's variables ask for. What is not asked for is not loaded, and a worker is
 * not slowed by it.
 */
export async function startWorkerTelemetry(
  config: Pick<Config, 'metrics' | 'stateDir'>,
  { keys, log }: { keys: Store['keys']; log: Logger },
): Promise<WorkerTelemetry> {
  const parts: WorkerTelemetry[] = []
  if (wantsTraces()) {
    const { startWorkerTracing } = await import('./worker-tracing.ts')
    parts.push(startWorkerTracing(log))
  }
  if (config.metrics !== undefined) {
    const { startWorkerMetrics } = await import('./serve-worker-metrics.ts')
    parts.push(await startWorkerMetrics(config.metrics, { stateDir: config.stateDir, keys, log }))
  }
  return together(parts)
}

function together(parts: readonly WorkerTelemetry[]): WorkerTelemetry {
  return {
    runtime: Object.assign({}, ...parts.map(({ runtime }) => runtime)),
    activities: parts.flatMap(({ activities }) => activities),
    starts: parts.flatMap(({ starts }) => starts),
    store: (store) => parts.reduce((inner, part) => part.store(inner), store),
    executors: (executors) => parts.reduce((inner, part) => part.executors(inner), executors),
    connected(check) {
      for (const part of parts) part.connected(check)
    },
    polling() {
      for (const part of parts) part.polling()
    },
    close: async () => void (await Promise.all(parts.map((part) => part.close()))),
  }
}
