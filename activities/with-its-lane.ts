import type { ExecutionContext } from '../src/executors/executor.ts'
import { whileBeating } from '../src/executors/heartbeat.ts'

/** The cancellation of a lane reaches all its runs within this time, or its workflow could not be carried on. */
const WITHIN_MS = 120_000

/**
 * Does the work of a run under a signal that aborts when the run is cancelled, or already when its lane is. Temporal
 * takes an activity for cancelled only once that was asked of it: so the end of one that its lane ended waits for it.
 */
export async function withItsLane<T>(
  { signal: own, heartbeat }: ExecutionContext,
  lane: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (lane === undefined) return await work(own)
  try {
    return await work(AbortSignal.any([own, lane]))
  } catch (error) {
    if (lane.aborted && !own.aborted) await whileBeating({ signal: own, heartbeat }, () => aborted(own))
    own.throwIfAborted()
    throw error
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, WITHIN_MS)
  signal.addEventListener('abort', () => resolve(), { once: true })
  return promise.finally(() => clearTimeout(timer))
}
