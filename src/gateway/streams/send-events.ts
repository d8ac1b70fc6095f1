import type { FastifyReply } from 'fastify'
import { beginStream } from './begin-stream.ts'
import type { EventBatch } from './encoded-events.ts'
import type { StreamLife } from './stream-life.ts'
import { writeWhenDrained } from './write-when-drained.ts'

/** How soon browsers come back after a stream broke off, in ms. */
const RECONNECT_MS = 500
const BEAT = ': alive\n\n'

/** Sends events as Server-Sent Events until they or the stream's life end; resolves when all is handed over. */
export async function sendEvents(
  reply: FastifyReply,
  batches: AsyncIterable<EventBatch>,
  life: StreamLife,
  onSent: (batch: EventBatch) => void,
): Promise<void> {
  const { raw } = reply
  beginStream(reply, { 'content-type': 'text/event-stream; charset=utf-8' })
  try {
    await writeWhenDrained(raw, `retry: ${RECONNECT_MS}\n\n`, life.signal)
    for await (const batch of batches) {
      if (batch.events.length > 0) {
        await writeWhenDrained(raw, batch.sse, life.signal)
        onSent(batch)
        continue
      }
      await life.check()
      await writeWhenDrained(raw, BEAT, life.signal)
    }
  } finally {
    raw.end()
    life.end()
  }
}
