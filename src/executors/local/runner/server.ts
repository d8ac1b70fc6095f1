import { chmod, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { readJsonLines, writeJsonLine } from './json-lines.ts'
import type { RunnerRequest } from './protocol.ts'
import type { RunTable } from './run-table.ts'

/** Ended runs that nobody fetches keep the runner so long, in ms. */
const UNFETCHED_MS = 600_000
const IDLE_POLL_MS = 250

const isRequest = (message: unknown): message is RunnerRequest =>
  typeof message === 'object' && message !== null && 'type' in message && 'id' in message

/** Serves the runs on a Unix socket until it has been idle for `idleMs` or is told to shut down. */
export async function serveRunner(path: string, table: RunTable, idleMs: number): Promise<void> {
  const connections = new Set<Socket>()
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>()
  const server = createServer((socket) => {
    connections.add(socket)
    socket.on('close', () => connections.delete(socket))
    socket.on('error', () => socket.destroy())
    readJsonLines(socket, (message) => {
      if (isRequest(message)) void answer(socket, message, table, stop)
      else socket.destroy()
    })
  })
  await listen(server, path)
  const idle = watchIdle(() => connections.size === 0, table, idleMs, stop)
  await stopped
  clearInterval(idle)
  server.close()
  await rm(path, { force: true })
  await table.killPrefix('')
  for (const socket of connections) socket.end()
}

async function answer(socket: Socket, request: RunnerRequest, table: RunTable, stop: () => void): Promise<void> {
  const { id } = request
  try {
    if (request.type === 'shutdown') {
      writeJsonLine(socket, { type: 'done', id, count: table.size })
      stop()
    } else {
      writeJsonLine(socket, await table.answer(request))
    }
  } catch (error) {
    writeJsonLine(socket, { type: 'refused', id, message: error instanceof Error ? error.message : String(error) })
  }
}

async function listen(server: Server, path: string): Promise<void> {
  // Whoever listens holds the runner's lock, so that a socket found here is a dead runner's.
  await rm(path, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => resolve())
  })
  await chmod(path, 0o600)
}

function watchIdle(unconnected: () => boolean, table: RunTable, idleMs: number, stop: () => void): NodeJS.Timeout {
  let busyAtMs = Date.now()
  return setInterval(() => {
    if (!unconnected() || table.running > 0) busyAtMs = Date.now()
    const patienceMs = table.size === 0 ? idleMs : Math.max(idleMs, UNFETCHED_MS)
    if (Date.now() - busyAtMs >= patienceMs) stop()
  }, IDLE_POLL_MS)
}
