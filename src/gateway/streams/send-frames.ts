import type { WebSocket } from 'ws'
import type { EventBatch } from './encoded-events.ts'
import type { StreamLife } from './stream-life.ts'

/** Close codes of RFC 6455 and its registry. */
export const CLOSE = { normal: 1000, policy: 1008, serviceRestart: 1012, tryAgainLater: 1013 } as const

const SLOWEST_READER_MS = 60_000

/** Sends events as JSON text frames until they or the stream's life end; then closes. */
export async function sendFrames(
  socket: WebSocket,
  batches: AsyncIterable<EventBatch>,
  life: StreamLife,
  onSent: (batch: EventBatch) => void,
): Promise<void> {
  for await (const batch of batches) {
    if (batch.events.length === 0) {
      await life.check()
      socket.ping()
      continue
    }
    if (!(await sendBatch(socket, batch))) {
      socket.terminate()
      return
    }
    onSent(batch)
  }
  if (socket.readyState === socket.OPEN) await untilTaken(socket)
}

/** False where the reader has taken nothing for too long; it comes back with its cursor. */
async function sendBatch(socket: WebSocket, { events }: EventBatch): Promise<boolean> {
  const last = events.at(-1)
  for (const event of events) {
    if (socket.readyState !== socket.OPEN) return true
    if (event !== last) socket.send(event.json, { binary: false })
  }
  if (last === undefined) return true
  return await sendLast(socket, last.json)
}

function sendLast(socket: WebSocket, frame: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), SLOWEST_READER_MS)
    socket.send(frame, { binary: false }, () => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}

const untilTaken = (socket: WebSocket): Promise<void> =>
  new Promise((resolve) => {
    socket.ping(undefined, undefined, () => resolve())
  })
