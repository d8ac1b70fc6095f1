import type { IsolationEvent, SearchEvent, SuiteEvent } from '../../contract/index.ts'

/** An event, encoded once for however many subscribers. */
export interface EncodedEvent {
  seq: number
  /** When it was put on record. */
  atMs: number
  /** JSON, as WebSocket clients get it. */
  json: Buffer
  /** The same as a Server-Sent Event, its number as `id`. */
  sse: Buffer
}

const SSE_END = Buffer.from('\n\n')

export function encodeEvent(event: SuiteEvent | SearchEvent | IsolationEvent): EncodedEvent {
  const json = Buffer.from(JSON.stringify(event))
  const sse = Buffer.concat([Buffer.from(`id: ${event.seq}\ndata: `), json, SSE_END])
  return { seq: event.seq, atMs: Date.parse(event.at), json, sse }
}

/** A batch is at most so large, but for a single event that is larger: it is what waits in memory for a slow reader. */
const LARGEST_BATCH_BYTES = 128 * 1024

/** Consecutive events on their way to subscribers. */
export class EventBatch {
  readonly events: readonly EncodedEvent[]
  #sse: Buffer | undefined

  constructor(events: readonly EncodedEvent[]) {
    this.events = events
  }

  /** As many of the events from a position on as one batch takes. */
  static ofFirst(events: readonly EncodedEvent[], from: number): EventBatch {
    let end = from
    let bytes = 0
    for (; end < events.length; end++) {
      bytes += events[end]?.sse.length ?? 0
      if (bytes > LARGEST_BATCH_BYTES && end > from) break
    }
    return new EventBatch(events.slice(from, end))
  }

  get lastSeq(): number {
    return this.events.at(-1)?.seq ?? 0
  }

  /** All of them as one piece; subscribers that stand at the same event share it. */
  get sse(): Buffer {
    this.#sse ??= Buffer.concat(this.events.map((event) => event.sse))
    return this.#sse
  }
}
