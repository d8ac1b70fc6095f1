import type { V1Pod } from '@kubernetes/client-node'
import type { PodIndex } from './pod-index.ts'

/** Nothing of the wait stays behind: neither in the index nor on the signal. */
export async function waitForPod<T>(
  index: PodIndex,
  pod: string,
  pick: (pod: V1Pod | undefined) => T | undefined,
  signal: AbortSignal,
): Promise<T> {
  return await ended<T>(signal, (resolve, reject) => {
    const waiter = {
      pod,
      offer: (now: V1Pod | undefined) => {
        try {
          const picked = pick(now)
          if (picked !== undefined) resolve(picked)
        } catch (error) {
          reject(error)
        }
      },
      fail: reject,
    }
    return { begin: () => index.add(waiter), end: () => index.remove(waiter) }
  })
}

export async function waitForList(index: PodIndex, signal: AbortSignal): Promise<V1Pod[]> {
  return await ended<V1Pod[]>(signal, (resolve, reject) => {
    const waiter = { offer: resolve, fail: reject }
    return { begin: () => index.addList(waiter), end: () => index.removeList(waiter) }
  })
}

interface Wait {
  begin(): void
  end(): void
}

async function ended<T>(
  signal: AbortSignal,
  make: (resolve: (value: T) => void, reject: (reason: unknown) => void) => Wait,
): Promise<T> {
  signal.throwIfAborted()
  return await new Promise<T>((resolve, reject) => {
    // At once and not when the promise is looked at: nothing more is offered after the first answer.
    const settle = (answer: () => void): void => {
      wait.end()
      signal.removeEventListener('abort', abort)
      answer()
    }
    const wait = make(
      (value) => settle(() => resolve(value)),
      (reason) => settle(() => reject(reason)),
    )
    const abort = (): void => settle(() => reject(signal.reason))
    signal.addEventListener('abort', abort, { once: true })
    wait.begin()
  })
}
