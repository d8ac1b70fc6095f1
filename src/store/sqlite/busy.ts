import { setTimeout as sleep } from 'node:timers/promises'
import { isBusy } from './errors.ts'

/**
 * SQLite's own wait blocks the event loop, so it is short; between its attempts the process goes on with other
 * work. Heartbeats of activities must come within 5 s.
 */
export const BUSY_TIMEOUT_MS = 50
const GIVE_UP_AFTER_MS = 60_000
const LONGEST_PAUSE_MS = 40

/** Repeats `attempt` while the database is locked by others, for a minute at most. */
export async function whileBusy<T>(attempt: () => T, giveUpAfterMs: number = GIVE_UP_AFTER_MS): Promise<T> {
  const deadline = performance.now() + giveUpAfterMs
  for (;;) {
    try {
      return attempt()
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error
    }
    // Random, so that many writers do not wake together again and again.
    await sleep(1 + Math.random() * LONGEST_PAUSE_MS)
  }
}
