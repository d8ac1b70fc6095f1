import { setTimeout as sleep } from 'node:timers/promises'
import { CommitSuiteError } from '../contract/index.ts'

/**
 * The database did nothing of what it was asked for, or only read: the same may be asked for again. Thrown when its
 * connection is lost before the end of a transaction, and when it took a transaction back because of another one.
 */
export class StoreInterrupted extends CommitSuiteError {
  /** For how long to ask again. */
  readonly patienceMs: number

  constructor(message: string, patienceMs: number, cause: unknown) {
    super('store_unavailable', message, {}, { cause })
    this.patienceMs = patienceMs
  }
}

const SHORTEST_PAUSE_MS = 5
const LONGEST_PAUSE_MS = 500

/** Repeats `attempt` while the database interrupts it, for as long as the interruption says. */
export async function whileInterrupted<T>(attempt: () => Promise<T>): Promise<T> {
  const start = performance.now()
  for (let pauseMs = SHORTEST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof StoreInterrupted) || performance.now() - start >= error.patienceMs) throw error
    }
    // Random, so that many processes do not come back at the same moment.
    await sleep(pauseMs * (0.5 + Math.random()))
  }
}
