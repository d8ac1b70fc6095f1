import { OPERATIONS } from '../contract/http/operations.ts'
import type { IsolationEvent, SearchEvent, SuiteEvent } from '../contract/index.ts'
import { Failure } from './failure.ts'
import type { Settings } from './options.ts'
import {
  type EventKind,
  ISOLATION_EVENTS,
  type Numbered,
  parseEvents,
  SEARCH_EVENTS,
  SUITE_EVENTS,
} from './parse-events.ts'
import { piecesOf } from './read-stream.ts'
import { resuming } from './resuming.ts'
import type { Transport } from './transport.ts'
import { notAGateway, unavailable } from './unavailable.ts'

export interface EventOptions {
  /** Number of the last event that was seen; 0 is before the first. */
  after?: number | undefined
  /** Ends the events early, without an error. */
  signal?: AbortSignal | undefined
}

const ENDED = 204

/**
 * Events of a suite in order, each once, as many at a time as came together: until the suite has ended and all were
 * given. A connection that breaks is made again where the last event ended. Throws `CommitSuiteError` where the gateway
 * stays away.
 */
export const followEvents = (
  transport: Transport,
  suite: string,
  options: EventOptions = {},
): AsyncGenerator<SuiteEvent[]> =>
  follow(transport, SUITE_EVENTS, options, (query, signal) =>
    transport.tryToOpen(OPERATIONS.streamEvents, { params: { suite }, query }, signal),
  )

/** The same of a search. */
export const followSearch = (
  transport: Transport,
  search: string,
  options: EventOptions = {},
): AsyncGenerator<SearchEvent[]> =>
  follow(transport, SEARCH_EVENTS, options, (query, signal) =>
    transport.tryToOpen(OPERATIONS.streamSearchEvents, { params: { search }, query }, signal),
  )

/** The same of an isolation. */
export const followIsolation = (
  transport: Transport,
  isolation: string,
  options: EventOptions = {},
): AsyncGenerator<IsolationEvent[]> =>
  follow(transport, ISOLATION_EVENTS, options, (query, signal) =>
    transport.tryToOpen(OPERATIONS.streamIsolationEvents, { params: { isolation }, query }, signal),
  )

type Open = (query: { after: number }, signal: AbortSignal | undefined) => Promise<Response>

async function* follow<E>(
  { settings }: Transport,
  kind: EventKind<E>,
  { after = 0, signal }: EventOptions,
  open: Open,
): AsyncGenerator<E[]> {
  let cursor = after
  yield* resuming(settings, signal, async function* (patience) {
    const response = await open({ after: cursor }, signal)
    if (response.status === ENDED) return
    patience.opened()
    const numbered = parseEvents(kind, piecesOf(response, settings, signal))
    for await (const batch of newEvents(settings, numbered, cursor)) {
      cursor = batch.cursor
      patience.renew()
      if (batch.events.length > 0) yield batch.events
    }
    // That it ends says nothing: perhaps the gateway does, and not the suite. The answer to the next call tells.
    throw new Failure(unavailable(settings, 'the stream of events ends before the suite'), { passing: true })
  })
}

interface Batch<E> {
  events: E[]
  cursor: number
}

/** Those after the cursor. Throws `Failure` where one is missing. */
async function* newEvents<E>(
  settings: Settings,
  pages: AsyncIterable<Numbered<E>[]>,
  after: number,
): AsyncGenerator<Batch<E>> {
  let cursor = after
  try {
    for await (const numbered of pages) {
      const fresh = numbered.filter(({ seq }) => seq > cursor)
      for (const { seq } of fresh) {
        if (seq !== cursor + 1) {
          throw new Failure(notAGateway(settings, `event ${seq} follows on event ${cursor}`), { passing: true })
        }
        cursor = seq
      }
      if (fresh.length > 0) yield { events: fresh.flatMap(({ event }) => event ?? []), cursor }
    }
  } catch (error) {
    if (error instanceof Failure) throw error
    throw notAGateway(settings, 'sends events that are none', error)
  }
}
