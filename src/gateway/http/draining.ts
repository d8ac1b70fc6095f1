import { EventEmitter, once } from 'node:events'
import type { FastifyInstance } from 'fastify'
import { CommitSuiteError } from '../../contract/index.ts'

/**
 * Whether the gateway is ending: first it only says so at /readyz, so that who sends requests here looks elsewhere, then
 * it refuses them. What lasts (streams, sockets) listens to `signal` and ends itself.
 */
export class Drain {
  readonly #controller = new AbortController()
  readonly #changed = new EventEmitter()
  #open = 0
  #announced = false

  /** Whether nobody should send anything here any more. */
  get announced(): boolean {
    return this.#announced
  }

  announce(): void {
    this.#announced = true
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  begin(): void {
    this.announce()
    this.#controller.abort()
  }

  /** Counts something that must end before the gateway does. */
  enter(): () => void {
    this.#open++
    let left = false
    return () => {
      if (left) return
      left = true
      this.#open--
      this.#changed.emit('left')
    }
  }

  /** Resolves when all that was entered has been left, or the time is over. */
  async finished(withinMs: number): Promise<void> {
    const late = AbortSignal.timeout(withinMs)
    while (this.#open > 0 && !late.aborted) await once(this.#changed, 'left', { signal: late }).catch(() => undefined)
  }
}

/** Where it is asked whether the process lives: one that ends in peace does. */
export const LIVENESS: readonly string[] = ['/healthz', '/health']

/** While it drains, a gateway takes no further request: the client's next try reaches another, or the same anew. */
export function refuseWhileDraining(app: FastifyInstance, drain: Drain): void {
  app.addHook('onRequest', async ({ routeOptions: { url } }, reply) => {
    if (!drain.signal.aborted || (url !== undefined && LIVENESS.includes(url))) return
    reply.header('Connection', 'close')
    throw new CommitSuiteError('draining', 'This gateway is ending. Ask again.')
  })
}
