import { connect, type Socket } from 'node:net'
import type { Config } from '../../config.ts'
import { supervisorSocket } from './private-socket.ts'
import { encode, lineReader, type Reply, type Request, replySchema } from './protocol.ts'

/** A connection to the supervisor, or undefined where none listens. */
export function connectToSupervisor(config: Config): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(supervisorSocket(config))
    socket.once('connect', () => resolve(socket))
    socket.once('error', () => resolve(undefined))
  })
}

/** The answer that ends the waiting; `closed` when the supervisor went away without one. */
export type Answer = Exclude<Reply, { type: 'progress' }> | { type: 'closed' }

/** Sends the request and waits for its answer, passing on what the supervisor says meanwhile. */
export function ask(socket: Socket, request: Request, onProgress: (line: string) => void): Promise<Answer> {
  return new Promise((resolve) => {
    const read = lineReader(
      replySchema,
      (reply) => (reply.type === 'progress' ? onProgress(reply.line) : resolve(reply)),
      () => socket.destroy(),
    )
    socket.on('data', read)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => resolve({ type: 'closed' }))
    socket.write(encode(request))
  })
}
