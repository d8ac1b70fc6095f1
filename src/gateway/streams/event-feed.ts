import { setTimeout as sleep } from 'node:timers/promises'
import { type EncodedEvent, EventBatch, encodeEvent } from './encoded-events.ts'
import type { EventSource } from './event-source.ts'

const PAGE = 500
/** Recent events that are kept for subscribers; who stands further back reads pages that others may share. */
const KEPT_EVENTS = 4_000
const KEPT_BYTES = 4 * 1024 * 1024
const KEPT_PAGES = 4
/** Subscribers stand at a few events only, most of them at the newest. */
const SHARED_BATCHES = 32

/** Time between two looks at the log: short after something came, longer while nothing does. */
const QUICKEST_MS = 15
const SLOWEST_MS = 200
/** What ends without an event, because it was removed, is noticed after so many idle looks. */
const LOOKS_PER_STATUS = 10
const LAST_EVENTS: ReadonlySet<string> = new Set(['suite.finished', 'search.finished', 'isolation.finished'])

/**
 * The events of one suite or search for any number of subscribers: one reader follows the log while somebody listens, and each
 * event is encoded once. Subscribers take batches when they can; nothing is buffered for who cannot.
 */
export class EventFeed {
  readonly #source: EventSource
  #recent: EncodedEvent[] = []
  #head: number
  #ended = false
  #failure: unknown
  #subscribers = 0
  #reading = false
  readonly #waiting = new Set<() => void>()
  #batches = new Map<number, EventBatch>()
  readonly #pages = new Map<number, Promise<EncodedEvent[]>>()
  readonly #onIdle: () => void

  private constructor(source: EventSource, head: number, onIdle: () => void) {
    this.#source = source
    this.#head = head
    this.#onIdle = onIdle
  }

  /** A feed that begins at the newest event on record. */
  static async open(source: EventSource, onIdle: () => void): Promise<EventFeed> {
    return new EventFeed(source, await source.lastSeq(), onIdle)
  }

  /** Joins until the returned function is called; the reader works while anyone has joined. */
  join(): () => void {
    this.#subscribers++
    // One that is about to stop goes on when it sees that somebody joined.
    if (!this.#reading) void this.#read()
    let left = false
    return () => {
      if (left) return
      left = true
      this.#subscribers--
      if (this.#subscribers === 0) this.#onIdle()
    }
  }

  /**
   * The next events after `after`: as soon as there are some, an empty batch once `waitMs` have gone by without any,
   * undefined when it has ended and all was taken.
   */
  async next(after: number, waitMs: number, signal: AbortSignal): Promise<EventBatch | undefined> {
    if (after < this.#head) return await this.#available(after)
    if (this.#failure !== undefined) throw this.#failure
    if (this.#ended) return undefined
    await this.#somethingNew(waitMs, signal)
    if (after < this.#head) return await this.#available(after)
    return this.#ended && this.#failure === undefined ? undefined : new EventBatch([])
  }

  #somethingNew(waitMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        this.#waiting.delete(done)
        resolve()
      }
      const timer = setTimeout(done, waitMs)
      signal.addEventListener('abort', done)
      this.#waiting.add(done)
    })
  }

  async #available(after: number): Promise<EventBatch> {
    const known = this.#batches.get(after)
    if (known !== undefined) return known
    const first = this.#recent[0]?.seq ?? Number.POSITIVE_INFINITY
    if (after + 1 < first) return await this.#page(after)
    const from = after + 1 - first
    const batch = EventBatch.ofFirst(this.#recent, from)
    if (this.#batches.size === SHARED_BATCHES) this.#batches.clear()
    this.#batches.set(after, batch)
    return batch
  }

  /** Events further back, in pages whose bounds are the same for all, so that one reading serves many. */
  async #page(after: number): Promise<EventBatch> {
    const start = after - (after % PAGE)
    const asked = this.#pages.get(start) ?? this.#readPage(start)
    // Most recently used last. A page that is not full yet will have grown by the next time.
    this.#pages.delete(start)
    if (start + PAGE <= this.#head) this.#pages.set(start, asked)
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= KEPT_PAGES) break
      this.#pages.delete(oldest)
    }
    asked.catch(() => this.#pages.delete(start))
    const page = await asked
    return EventBatch.ofFirst(page, after - start)
  }

  async #readPage(start: number): Promise<EncodedEvent[]> {
    return (await this.#source.read(start, PAGE)).map(encodeEvent)
  }

  async #read(): Promise<void> {
    this.#reading = true
    let pauseMs = QUICKEST_MS
    let idle = 0
    try {
      while (this.#subscribers > 0) {
        // The status is read before the events: once it says closed, what is read after it is the last.
        const over = idle % LOOKS_PER_STATUS === 0 && (await this.#source.isOver())
        const events = await this.#source.read(this.#head, PAGE)
        if (events.length > 0) this.#take(events.map(encodeEvent))
        if (events.length === PAGE) continue
        if (over) return this.#end()
        const finished = LAST_EVENTS.has(events.at(-1)?.type ?? '')
        idle = finished ? 0 : idle + 1
        pauseMs = events.length > 0 ? QUICKEST_MS : Math.min(SLOWEST_MS, pauseMs * 2)
        await sleep(pauseMs)
      }
    } catch (error) {
      this.#failure = error
      this.#end()
    } finally {
      this.#reading = false
    }
  }

  #take(events: EncodedEvent[]): void {
    this.#recent.push(...events)
    this.#recent = newest(this.#recent)
    this.#head = this.#recent.at(-1)?.seq ?? this.#head
    this.#batches.clear()
    this.#wakeAll()
  }

  #end(): void {
    this.#ended = true
    this.#onIdle()
    this.#wakeAll()
  }

  #wakeAll(): void {
    for (const wake of [...this.#waiting]) wake()
  }
}

/** The last events, as many as are kept. */
function newest(events: EncodedEvent[]): EncodedEvent[] {
  let bytes = 0
  for (let at = events.length - 1; at >= 0; at--) {
    bytes += events[at]?.sse.length ?? 0
    if (bytes > KEPT_BYTES || events.length - at > KEPT_EVENTS) return events.slice(Math.min(at + 1, events.length - 1))
  }
  return events
}
