import { Failure } from './failure.ts'
import type { Settings } from './options.ts'

const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 5_000

/** How often something is tried again, and after which pauses: longer ones from time to time, never without end. */
export class Patience {
  readonly #settings: Pick<Settings, 'patienceMs' | 'longestWaitMs'>
  readonly #signal: AbortSignal | undefined
  #tries = 0
  #since = 0
  #openedAt: number | undefined

  constructor(settings: Pick<Settings, 'patienceMs' | 'longestWaitMs'>, signal: AbortSignal | undefined) {
    this.#settings = settings
    this.#signal = signal
  }

  /** Something went forward: what comes next is the first fault again. */
  renew(): void {
    this.#tries = 0
  }

  /** A stream has begun: one that lasts was no fault, whatever it brought. */
  opened(): void {
    this.#openedAt = Date.now()
  }

  /** Returns when it is time for another try; throws the error where there is to be none. */
  async beforeNextTry(failure: unknown): Promise<void> {
    if (!(failure instanceof Failure)) throw failure
    if (!failure.passing) throw failure.error
    const now = Date.now()
    if (this.#openedAt !== undefined && now - this.#openedAt > this.#settings.patienceMs) this.renew()
    this.#openedAt = undefined
    if (this.#tries === 0) this.#since = now
    const { retryAfterMs = 0, error } = failure
    // Half of it by chance, so that many who were cut off at once do not come back at once.
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#tries) * (0.5 + Math.random() / 2)
    const waitMs = Math.max(retryAfterMs, pauseMs)
    const { patienceMs, longestWaitMs } = this.#settings
    const bound = error.code === 'rate_limited' ? longestWaitMs : patienceMs
    if (now + waitMs - this.#since > bound) throw error
    this.#tries++
    await pause(waitMs, this.#signal)
  }
}

/** Throws the reason of the signal when that aborts. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', aborted)
      resolve()
    }, ms)
    if (signal?.aborted === true) aborted()
    else signal?.addEventListener('abort', aborted, { once: true })
  })
}
