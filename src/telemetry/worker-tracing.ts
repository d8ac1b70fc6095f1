import type { Logger } from 'pino'
import { traceActivities, traceStarts } from './trace-headers.ts'
import { tracedExecutors } from './traced-executors.ts'
import { startTracing } from './tracing.ts'
import type { WorkerTelemetry } from './worker-telemetry.ts'

/** Traces of what a worker does. */
export function startWorkerTracing(log: Logger): WorkerTelemetry {
  const { stop } = startTracing('commit-suite-worker', log)
  return {
    activities: [traceActivities],
    starts: [traceStarts],
    store: (store) => store,
    executors: tracedExecutors,
    connected: () => undefined,
    polling: () => undefined,
    close: stop,
  }
}
