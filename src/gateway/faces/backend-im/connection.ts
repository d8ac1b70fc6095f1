import type { RawData, WebSocket } from 'ws'
import { CLOSE } from '../../streams/send-frames.ts'
import { answerTest } from './answer-test.ts'
import { type ClientMessage, readMessage, refusal } from './client-message.ts'
import type { Client, Face } from './face.ts'
import { errorMessage, errorReply } from './messages.ts'
import { openOutbox, type Send } from './outbox.ts'
import { streamNamespace } from './stream-namespace.ts'
import { streamTest } from './stream-test.ts'

/** Requests of one connection that wait; more are refused, in their turn. */
const MOST_WAITING = 100
/** A client that is refused so often without reading why is cut off. */
const MOST_REFUSED = 1_000

/** Answers the requests of one connection one after another, in their order, until the client's life here ends. */
export function serveConnection(face: Face, socket: WebSocket, client: Client): void {
  const { signal } = client.life
  const send = openOutbox(socket, face.times, client.life)
  const waiting: ClientMessage[] = []
  let answering = false

  async function answerAll(): Promise<void> {
    answering = true
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        await answer(face, next, client, send)
      }
    } catch (error) {
      // Its end, which closes it by itself, or a fault of the connection: what was in hand cannot be answered.
      if (signal.aborted) return
      face.log.warn({ err: error }, 'a WebSocket client is cut off')
      socket.terminate()
    } finally {
      answering = false
    }
  }

  socket.on('message', (data, isBinary) => {
    if (signal.aborted) return
    if (waiting.length >= MOST_WAITING + MOST_REFUSED) return socket.close(CLOSE.tryAgainLater, 'too many requests')
    const message = readFrame(data, isBinary)
    waiting.push(waiting.length < MOST_WAITING ? message : tooMany(message))
    if (!answering) void answerAll()
  })
  // A frame that is too large or none at all: the library closes the connection with the code that says so.
  socket.on('error', (error) => face.log.warn({ err: error }, 'a WebSocket client broke the protocol'))
}

function readFrame(data: RawData, isBinary: boolean): ClientMessage {
  if (isBinary) return refusal(1, 'frames must be text')
  return readMessage(Buffer.isBuffer(data) ? data.toString() : Buffer.concat([data].flat().map(asBuffer)).toString())
}

const asBuffer = (part: ArrayBuffer | Buffer): Buffer => (Buffer.isBuffer(part) ? part : Buffer.from(part))

function tooMany(message: ClientMessage): ClientMessage {
  if (message.kind === 'refused') return message
  const text = `Too many requests: more than ${MOST_WAITING} wait on this connection`
  return { ...refusal(message.kind === 'test' ? 1 : 2), message: text }
}

async function answer(face: Face, message: ClientMessage, { caller, life }: Client, send: Send): Promise<void> {
  const { signal } = life
  signal.throwIfAborted()
  switch (message.kind) {
    case 'test':
      return await send(await answerTest(face, message, caller, signal))
    case 'streamed_test':
      return await streamTest(face, message, { caller, send, signal })
    case 'namespace_setup':
      return await streamNamespace(face, message, { caller, send, signal })
    case 'refused':
      return await send(
        message.dialect === 1 ? errorReply(message.message) : errorMessage(message.code, message.message),
      )
  }
}
