import { createParser } from 'eventsource-parser'
import { type ApiError, asApiError, unreachable } from './api-error.ts'
import type { StreamState } from './connection.ts'
import { openStream } from './request.ts'

export interface FollowOptions<T> {
  /** Of the stream. */
  path: string
  /** Number of the last event that is known. */
  after?: number
  signal: AbortSignal
  /** Events in order, each once. */
  onEvents(events: T[]): void
  onState(state: StreamState): void
  /** The gateway refuses; it will not be asked again. */
  onRefused(error: ApiError): void
  /** The way to the gateway, and the pause between two tries; tests put theirs in. */
  open?: typeof openStream
  pause?: (ms: number, signal: AbortSignal) => Promise<void>
}

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 10_000
/** A gateway gives a sign of life every 15 s. */
const SILENCE_MS = 40_000

/**
 * Follows a stream of numbered events until it is over, through breaks of any length: it is asked for again from the
 * last number seen, so that no event is missed and none comes twice.
 */
export async function followEvents<T extends { seq: number }>(options: FollowOptions<T>): Promise<void> {
  const { signal, onState, onRefused, pause = wait } = options
  let cursor = options.after ?? 0
  let pauseMs = FIRST_PAUSE_MS
  onState('connecting')
  while (!signal.aborted) {
    try {
      const before = cursor
      const ended = await readOnce(options, cursor, (seq) => {
        cursor = seq
      })
      if (ended) return onState('ended')
      if (cursor > before) {
        // It ended in order, after news: nothing is lost, and the next answer says whether more will come.
        pauseMs = FIRST_PAUSE_MS
        onState('connecting')
        continue
      }
    } catch (thrown) {
      if (signal.aborted) return
      const error = asApiError(thrown)
      if (isFinal(error)) return onRefused(error)
    }
    if (signal.aborted) return
    onState('retrying')
    await pause(pauseMs, signal)
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)
  }
}

/** What another try does not mend. */
const isFinal = ({ status, code }: ApiError): boolean =>
  code === 'page_fault' || (status >= 400 && status < 500 && status !== 408 && status !== 429)

/** Reads until the stream ends; true where the gateway says that nothing more will come. Throws where it breaks off. */
async function readOnce<T extends { seq: number }>(
  { path, signal, onEvents, onState, open = openStream }: FollowOptions<T>,
  cursor: number,
  onSeen: (seq: number) => void,
): Promise<boolean> {
  const silence = new AbortController()
  const watch = silenceWatch(silence)
  try {
    const headers = { accept: 'text/event-stream', ...(cursor === 0 ? {} : { 'last-event-id': String(cursor) }) }
    const response = await open(path, headers, AbortSignal.any([signal, silence.signal]))
    if (response.status === 204 || response.body === null) return true
    onState('live')
    let batch: T[] = []
    let seen = cursor
    const parser = createParser({
      onEvent({ data }) {
        const event: T = JSON.parse(data)
        if (event.seq <= seen) return
        seen = event.seq
        batch.push(event)
      },
    })
    const decoder = new TextDecoder()
    const reader = response.body.getReader()
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      watch.heard()
      parser.feed(decoder.decode(read.value, { stream: true }))
      if (batch.length === 0) continue
      onSeen(seen)
      onEvents(batch)
      batch = []
    }
    return false
  } catch (error) {
    // Broken off on its way, which is no fault of this page.
    throw silence.signal.aborted || error instanceof TypeError ? unreachable() : error
  } finally {
    watch.stop()
  }
}

/** Ends a stream that gives no sign of life: its other end may be gone without a word. */
function silenceWatch(controller: AbortController): { heard(): void; stop(): void } {
  let heardAt = Date.now()
  const timer = setInterval(() => {
    if (Date.now() - heardAt > SILENCE_MS) controller.abort(new Error('silence'))
  }, SILENCE_MS / 4)
  return {
    heard() {
      heardAt = Date.now()
    },
    stop: () => clearInterval(timer),
  }
}

/** Ends early once the browser is online again. */
function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      removeEventListener('online', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
    addEventListener('online', done)
  })
}
