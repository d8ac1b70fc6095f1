import { chmod, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { resolveHost } from '../../../network/resolve-host.ts'
import { forward } from './forward.ts'
import { IDLE_TIMEOUT_MS, type Log } from './outbound.ts'
import type { EgressRules } from './policy.ts'
import { tunnel } from './tunnel.ts'

interface EgressProxyOptions extends Partial<EgressRules> {
  /** Unix socket to listen on; a left-over of the same name is replaced. */
  socketPath: string
  /** Told once per connection that was refused or failed; hosts are hostile text. */
  log?: Log
}

export interface EgressProxy {
  /** Ends all connections and removes the socket. */
  close(): Promise<void>
}

const CONNECTIONS = 256
const HEADER_BYTES = 16 * 1024
const HEADERS_TIMEOUT_MS = 10_000

/**
 * Starts the only way out of a set-up sandbox: an HTTP proxy (CONNECT, and plain HTTP in absolute form) that
 * resolves names itself, refuses everything that is not on the public internet, and connects to the very address
 * it checked. `allow` defaults to `COMMIT_SUITE_EGRESS_ALLOW` (comma-separated), `ports` to 80 and 443.
 */
export async function startEgressProxy(options: EgressProxyOptions): Promise<EgressProxy> {
  const rules: EgressRules = {
    allow:
      options.allow ?? (process.env.COMMIT_SUITE_EGRESS_ALLOW ?? '').split(',').filter((name) => name.trim() !== ''),
    ports: options.ports ?? [80, 443],
    resolve: options.resolve ?? resolveHost,
  }
  const log: Log = options.log ?? (() => {})
  const sockets = new Set<Socket>()
  const server = createServer({ maxHeaderSize: HEADER_BYTES, headersTimeout: HEADERS_TIMEOUT_MS })
  server.maxConnections = CONNECTIONS
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.setTimeout(IDLE_TIMEOUT_MS, () => socket.destroy())
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('connect', (message, client, head) => {
    tunnel(message, client, head, rules, log).catch(() => client.destroy())
  })
  server.on('request', (message, response) => {
    forward(message, response, rules, log).catch(() => response.destroy())
  })
  server.on('upgrade', (_, socket) => socket.destroy())
  await rm(options.socketPath, { force: true })
  await listen(server, options.socketPath)
  // The forwarder has another uid; its way to this file is a bind mount, everyone else's the state directory's mode.
  await chmod(options.socketPath, 0o666)
  return { close: () => close(server, sockets, options.socketPath) }
}

const listen = (server: Server, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })

async function close(server: Server, sockets: Set<Socket>, path: string): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  for (const socket of sockets) socket.destroy()
  await closed
  await rm(path, { force: true })
}
