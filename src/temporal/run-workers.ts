import type { Worker } from '@temporalio/worker'
import type { QueueWorkers } from './worker-queues.ts'

export interface RunningOptions {
  /** Aborts: the workers stop polling, let work in hand finish and return. */
  signal: AbortSignal
  /** Given where the host is left for good: aborted once nothing is in hand, so that its lanes go elsewhere. */
  leaving: AbortController | undefined
  onReady(): void
}

const shutDown = (workers: readonly Worker[]): void => {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown()
}

/**
 * Runs the workers of a process until the signal aborts. A worker that drains ends in two steps: what it has in hand
 * finishes while it still holds its lanes, whose cancellation would end those runs; then it gives the lanes away.
 */
export async function runWorkers({ takers, holder }: QueueWorkers, options: RunningOptions): Promise<void> {
  const { signal, leaving, onReady } = options
  const holders = holder === undefined ? [] : [holder]
  const taking = takers.map((worker) => worker.run())
  const holding = holders.map((worker) => worker.run())
  const stop = async (): Promise<void> => {
    if (leaving !== undefined) {
      shutDown(takers)
      await Promise.allSettled(taking)
      leaving.abort()
    }
    shutDown([...takers, ...holders])
  }
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) void stop()
  else onReady()
  try {
    await Promise.all([...taking, ...holding])
  } catch (error) {
    shutDown([...takers, ...holders])
    throw error
  }
}
