import { EventEmitter, once } from 'node:events'
import type { FastifyInstance } from 'fastify'
import { CommitSuiteError } from '../../contract/index.ts'

/** Whether the gateway is ending. What lasts (streams, sockets) listens to `signal` and ends itself. */
export class Drain {
  readonly #controller = new AbortController()
  readonly #changed = new EventEmitter()
  #open = 0

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  begin(): void {
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

/** While it drains, a gateway takes no further request: the client's next try reaches another, or the same anew. */
export function refuseWhileDraining(app: FastifyInstance, drain: Drain): void {
  app.addHook('onRequest', async (_request, reply) => {
    if (!drain.signal.aborted) return
    reply.header('Connection', 'close')
    throw new CommitSuiteError('draining', 'This gateway is ending. Ask again.')
  })
}
