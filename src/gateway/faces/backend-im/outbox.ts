import { WebSocket } from 'ws'
import { CLOSE } from '../../streams/send-frames.ts'
import type { StreamLife } from '../../streams/stream-life.ts'
import type { FaceTimes } from './face.ts'

/** Resolves when the system has taken the message; rejects where the client is gone or does not read. */
export type Send = (message: object) => Promise<void>

/**
 * How a connection sends: each message is waited for until the system has taken it, so that a client that does not
 * read holds up its own answers and nothing piles up for it. One that takes nothing for `stallMs`, or answers no
 * ping, is cut off.
 */
export function openOutbox(socket: WebSocket, { stallMs, heartbeatMs }: FaceTimes, life: StreamLife): Send {
  keepAlive(socket, heartbeatMs, life)
  return async (message) => {
    life.signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const stalled = setTimeout(() => {
      // A closing frame would wait behind what is not read.
      socket.terminate()
      reject(new Error(`the client has read nothing for ${stallMs} ms`))
    }, stallMs)
    socket.send(JSON.stringify(message), (error) => (error == null ? resolve() : reject(error)))
    try {
      await promise
    } finally {
      clearTimeout(stalled)
    }
  }
}

function keepAlive(socket: WebSocket, heartbeatMs: number, life: StreamLife): void {
  let answered = true
  const alive = (): void => {
    answered = true
  }
  socket.on('pong', alive)
  socket.on('message', alive)
  const timer = setInterval(() => {
    if (!answered) return socket.terminate()
    answered = false
    if (socket.readyState === WebSocket.OPEN) socket.ping()
    // A store that is away says nothing about the key.
    life.check().catch(() => undefined)
  }, heartbeatMs)
  timer.unref()
  socket.on('close', () => {
    clearInterval(timer)
    life.end()
  })
  const end = (): void => socket.close(CLOSE.serviceRestart, 'the connection is no longer served')
  if (life.signal.aborted) end()
  else life.signal.addEventListener('abort', end, { once: true })
}
