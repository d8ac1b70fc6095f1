import { once } from 'node:events'
import { createServer } from 'node:http'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import { type Caller, KEYLESS } from '../../../src/gateway/auth/caller.ts'
import { backendIm, type FaceDeps } from '../../../src/gateway/faces/backend-im/backend-im.ts'
import { Drain } from '../../../src/gateway/http/draining.ts'
import type { Store } from '../../../src/store/store.ts'
import { temporaryStore } from '../../unit/store/temporary-store.ts'
import { FakeWorker } from './fake-worker.ts'

export interface Gateway {
  url: string
  drain: Drain
  /** Sockets that it serves. */
  open(): number
}

/** A gateway with nothing but the face, at a port of its own, for the rest of the test. */
export async function startGateway(
  worker: FakeWorker,
  store: Store,
  changes: Partial<FaceDeps> & { caller?: Caller } = {},
): Promise<Gateway> {
  const { caller = KEYLESS, ...deps } = changes
  const { start, control, sessions } = worker
  const log = pino({ level: 'silent' })
  const times = { pollMs: 10 }
  const serve = backendIm({ store, start, control, sessions, executor: 'local', log, times, ...deps })
  const drain = new Drain()
  const http = createServer()
  const sockets = new WebSocketServer({ server: http, path: '/ws', maxPayload: 1024 * 1024 })
  sockets.on('connection', (socket) => {
    const over = new AbortController()
    const signal = AbortSignal.any([over.signal, drain.signal])
    serve(socket, { caller, life: { signal, check: async () => undefined, end: () => over.abort() } })
  })
  await once(http.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(async () => {
    for (const socket of sockets.clients) socket.terminate()
    await new Promise((resolve) => http.close(resolve))
    sockets.close()
    await worker.idle()
  })
  const address = http.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return { url: `ws://127.0.0.1:${port}/ws`, drain, open: () => sockets.clients.size }
}

export async function startBench(changes: Partial<FaceDeps> & { caller?: Caller } = {}) {
  const { store } = await temporaryStore()
  const worker = new FakeWorker(store)
  return { store, worker, gateway: await startGateway(worker, store, changes) }
}

export const request = (changes: object = {}) => ({
  userId: '7',
  chatId: '14',
  repoURL: 'https://github.com/example/shelf.git',
  commitHash: 'HEAD~1',
  projectType: 'fastapi',
  testCommand: null,
  ...changes,
})
