import type { ExecutionContext } from '../executor.ts'

const BEAT_MS = 1_000

/** Heartbeats about once a second until the work is done; short work, which most runs are, needs none. */
export async function whileBeating<T>(context: ExecutionContext, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => context.heartbeat(), BEAT_MS)
  try {
    return await work()
  } finally {
    clearInterval(timer)
  }
}
