import type { Settings } from './options.ts'
import { Patience } from './patience.ts'

/**
 * What a stream brings, opened anew by `once` whenever it breaks off; `once` knows where to go on, renews the patience
 * when something came, and ends only where the stream has truly ended. Ends early when the signal aborts.
 */
export async function* resuming<T>(
  settings: Settings,
  signal: AbortSignal | undefined,
  once: (patience: Patience) => AsyncGenerator<T>,
): AsyncGenerator<T> {
  const patience = new Patience({ ...settings, patienceMs: settings.streamPatienceMs }, signal)
  const isOver = (): boolean => signal?.aborted === true
  while (!isOver()) {
    try {
      yield* once(patience)
      return
    } catch (failure) {
      if (isOver()) return
      await patience.beforeNextTry(failure).catch((error: unknown) => {
        if (!isOver()) throw error
      })
    }
  }
}
