import type { ExecutorName } from '../contract/index.ts'
import type { Executor, Executors, Preparation } from '../executors/executor.ts'
import { noteActivity } from './activity-notes.ts'
import type { WorkerMetrics } from './worker-metrics.ts'

/** Executors whose preparations and runs are measured. */
export function measuredExecutors(executors: Executors, metrics: WorkerMetrics): Executors {
  return {
    async of(name) {
      return measured(name, await executors.of(name), metrics)
    },
  }
}

function measured(name: ExecutorName, executor: Executor, { preparationSeconds }: WorkerMetrics): Executor {
  return {
    ...executor,
    async prepare(request, context) {
      const sinceMs = performance.now()
      const preparation = await executor.prepare(request, context)
      const seconds = (performance.now() - sinceMs) / 1000
      preparationSeconds.observe({ executor: name, result: resultOf(preparation) }, seconds)
      return preparation
    },
    async run(request, context) {
      const completion = await executor.run(request, context)
      noteActivity({ startedAtMs: completion.startedAt.getTime(), commandMs: completion.durationMs })
      return completion
    },
  }
}

function resultOf(preparation: Preparation): 'failed' | 'cached' | 'prepared' {
  if (!preparation.ok) return 'failed'
  return preparation.cached ? 'cached' : 'prepared'
}
