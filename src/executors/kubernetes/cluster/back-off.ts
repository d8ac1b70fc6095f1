import { setTimeout as delay } from 'node:timers/promises'

const FIRST_MS = 250
const LONGEST_MS = 5_000

/** Exponential with jitter, so that many who lost the same server do not come back at the same moment. */
export function backOffMs(failures: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 10))
  return full * (0.5 + Math.random() / 2)
}

/** Throws the signal's own reason when it aborts. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}
