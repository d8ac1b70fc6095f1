import type { EventBatch } from './encoded-events.ts'
import { EventFeed } from './event-feed.ts'
import type { EventSource } from './event-source.ts'

/** Feeds of the suites, or searches, that somebody listens to, one each. */
export class Feeds {
  readonly #sourceOf: (id: string) => EventSource
  readonly #open = new Map<string, Promise<EventFeed>>()

  constructor(sourceOf: (id: string) => EventSource) {
    this.#sourceOf = sourceOf
  }

  /**
   * Batches of events after `after`, in order and each once, until it has ended or the signal aborts; an
   * empty batch whenever `beatMs` went by without an event.
   */
  async *follow(id: string, after: number, beatMs: number, signal: AbortSignal): AsyncGenerator<EventBatch> {
    const feed = await this.#feedOf(id)
    const leave = feed.join()
    try {
      let cursor = after
      while (!signal.aborted) {
        const batch = await feed.next(cursor, beatMs, signal)
        if (batch === undefined) return
        if (signal.aborted) return
        yield batch
        if (batch.events.length > 0) cursor = batch.lastSeq
      }
    } finally {
      leave()
    }
  }

  #feedOf(id: string): Promise<EventFeed> {
    const known = this.#open.get(id)
    if (known !== undefined) return known
    const forget = (): void => {
      if (this.#open.get(id) === opened) this.#open.delete(id)
    }
    const opened = EventFeed.open(this.#sourceOf(id), forget)
    this.#open.set(id, opened)
    opened.catch(forget)
    return opened
  }
}
