import type { Logger } from 'pino'
import { type ClusterAddress, isAway, unavailable } from './away.ts'
import { backOffMs, pause } from './back-off.ts'
import { isRefusal } from './refusal.ts'

interface Patience {
  address: ClusterAddress
  /** How long the server may be away before the last failure counts. */
  awayMs: number
  signal: AbortSignal
  log: Logger | undefined
}

/** A hiccup passes before as many failures; what lasts longer is worth a line in the log. */
const TOLD_AFTER = 3

/** Repeats an attempt while the server is away; throws `cluster_unavailable` when that lasts too long. */
export async function whileAway<T>(attempt: () => Promise<T>, { address, awayMs, signal, log }: Patience): Promise<T> {
  const sinceMs = performance.now()
  for (let failures = 0; ; failures++) {
    signal.throwIfAborted()
    try {
      return await attempt()
    } catch (error) {
      signal.throwIfAborted()
      if (!isAway(error)) throw error
      const waitMs = Math.max(backOffMs(failures), askedToWaitMs(error))
      if (performance.now() - sinceMs + waitMs > awayMs) throw unavailable(address, error)
      log?.[failures === TOLD_AFTER ? 'warn' : 'debug'](
        { context: address.context, failures: failures + 1, cause: String(error) },
        'API server away',
      )
      await pause(waitMs, signal)
    }
  }
}

/** What `Retry-After` asks for, in milliseconds. */
export const askedToWaitMs = (error: unknown): number => (isRefusal(error) ? (error.retryAfterMs ?? 0) : 0)
