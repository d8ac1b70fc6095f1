import { createParser } from 'eventsource-parser'
import { z } from 'zod'
import {
  type IsolationEvent,
  isolationEventSchema,
  type SearchEvent,
  type SuiteEvent,
  searchEventSchema,
  suiteEventSchema,
} from '../contract/index.ts'

const LONGEST_EVENT = 64 * 1024 * 1024
const numberedSchema = z.object({ seq: z.int().positive(), type: z.string() })

/** An event with its number; undefined is one of a kind that is not known here, which a newer gateway may have. */
export interface Numbered<E> {
  seq: number
  event: E | undefined
}

/** Events of one kind of stream: which types are known, and how they are read. */
export interface EventKind<E> {
  known: ReadonlySet<string>
  parse(said: unknown): E
}

export const SUITE_EVENTS: EventKind<SuiteEvent> = {
  known: new Set(suiteEventSchema.options.map(({ shape }) => shape.type.value)),
  parse: (said) => suiteEventSchema.parse(said),
}
export const SEARCH_EVENTS: EventKind<SearchEvent> = {
  known: new Set(searchEventSchema.options.map(({ shape }) => shape.type.value)),
  parse: (said) => searchEventSchema.parse(said),
}

export const ISOLATION_EVENTS: EventKind<IsolationEvent> = {
  known: new Set(isolationEventSchema.options.map(({ shape }) => shape.type.value)),
  parse: (said) => isolationEventSchema.parse(said),
}

/** The events of each piece of a stream of Server-Sent Events. Throws where one is malformed. */
export async function* parseEvents<E>(
  kind: EventKind<E>,
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Numbered<E>[]> {
  const decoder = new TextDecoder()
  let parsed: Numbered<E>[] = []
  const parser = createParser({
    maxBufferSize: LONGEST_EVENT,
    onEvent: ({ data }) => void parsed.push(parseEvent(kind, data)),
    onError(error) {
      if (error.type === 'max-buffer-size-exceeded') throw error
    },
  })
  for await (const piece of pieces) {
    parser.feed(decoder.decode(piece, { stream: true }))
    if (parsed.length > 0) yield parsed
    parsed = []
  }
}

function parseEvent<E>({ known, parse }: EventKind<E>, data: string): Numbered<E> {
  const said: unknown = JSON.parse(data)
  const { seq, type } = numberedSchema.parse(said)
  return { seq, event: known.has(type) ? parse(said) : undefined }
}
