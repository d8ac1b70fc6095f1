import { chmod, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { connect, type LookupFunction, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { decide, type EgressRules, type ResolvedAddress, resolveHost } from './policy.ts'
import { parseAbsoluteUrl, parseAuthority } from './target.ts'

export interface EgressProxyOptions extends Partial<EgressRules> {
  /** Unix socket to listen on; a left-over of the same name is replaced. */
  socketPath: string
  /** Told once per connection that was refused or failed; hosts are hostile text. */
  log?: (entry: { host: string; port: number; reason: string }) => void
}

export interface EgressProxy {
  /** Ends all connections and removes the socket. */
  close(): Promise<void>
}

const CONNECTIONS = 256
const HEADER_BYTES = 16 * 1024
const HEADERS_TIMEOUT_MS = 10_000
const CONNECT_TIMEOUT_MS = 15_000
const IDLE_TIMEOUT_MS = 120_000

/** Headers that belong to one hop only (RFC 9110, 7.6.1) or to the proxy itself. */
const HOP_BY_HOP = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade', 'host'],
])

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
  const log = options.log ?? (() => {})
  const sockets = new Set<Socket>()
  const server = createServer({ maxHeaderSize: HEADER_BYTES, headersTimeout: HEADERS_TIMEOUT_MS })
  server.maxConnections = CONNECTIONS
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.setTimeout(IDLE_TIMEOUT_MS, () => socket.destroy())
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('connect', (message, client, head) => void tunnel(message, client, head, rules, log))
  server.on('request', (message, response) => void forward(message, response, rules, log))
  server.on('upgrade', (_, socket) => socket.destroy())
  await rm(options.socketPath, { force: true })
  await listen(server, options.socketPath)
  // The forwarder has another uid; its way to this file is a bind mount, everyone else's the state directory's mode.
  await chmod(options.socketPath, 0o666)
  return { close: () => close(server, sockets, options.socketPath) }
}

type Log = NonNullable<EgressProxyOptions['log']>

/** Answers with what was checked, whatever the name resolves to by now. */
const pinned =
  (addresses: [ResolvedAddress, ...ResolvedAddress[]]): LookupFunction =>
  (_host, { all }, callback) =>
    all ? callback(null, [...addresses]) : callback(null, addresses[0].address, addresses[0].family)

async function tunnel(message: IncomingMessage, client: Duplex, head: Buffer, rules: EgressRules, log: Log) {
  const target = parseAuthority(message.url ?? '')
  if (target === undefined) return void client.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
  const refuse = (status: number, reason: string): void => {
    log({ ...target, reason })
    client.end(
      `HTTP/1.1 ${status} Refused\r\nContent-Length: ${reason.length + 1}\r\nConnection: close\r\n\r\n${reason}\n`,
    )
  }
  const decision = await decide(target, rules)
  if (!decision.allowed) return refuse(decision.status, decision.reason)
  const remote = connect({ ...target, lookup: pinned(decision.addresses), allowHalfOpen: true })
  const failed = (): void => refuse(504, `cannot connect to ${target.host}`)
  remote.setTimeout(CONNECT_TIMEOUT_MS, () => remote.destroy(new Error('timed out')))
  remote.once('error', failed)
  client.once('close', () => remote.destroy())
  remote.once('connect', () => {
    remote.off('error', failed)
    remote.setTimeout(IDLE_TIMEOUT_MS)
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    remote.write(head)
    pipeline(client, remote, client).catch(() => {
      client.destroy()
      remote.destroy()
    })
  })
}

async function forward(message: IncomingMessage, response: ServerResponse, rules: EgressRules, log: Log) {
  const target = parseAbsoluteUrl(message.url ?? '')
  if (target === undefined) return void response.writeHead(400).end('an absolute http:// URL is needed\n')
  const { host, port, path } = target
  const refuse = (status: number, reason: string): void => {
    log({ host, port, reason })
    if (response.headersSent) response.destroy()
    else response.writeHead(status, { connection: 'close' }).end(`${reason}\n`)
  }
  const decision = await decide(target, rules)
  if (!decision.allowed) return refuse(decision.status, decision.reason)
  const named = new Set((message.headers.connection ?? '').toLowerCase().split(/\s*,\s*/))
  const kept = Object.entries(message.headersDistinct).filter(([name]) => !HOP_BY_HOP.has(name) && !named.has(name))
  const remote = request({
    ...{ host, port, path, method: message.method ?? 'GET', agent: false, timeout: IDLE_TIMEOUT_MS },
    headers: {
      ...Object.fromEntries(kept),
      host: new URL(`http://${host.includes(':') ? `[${host}]` : host}:${port}`).host,
    },
    lookup: pinned(decision.addresses),
  })
  remote.once('timeout', () => remote.destroy(new Error('timed out')))
  remote.once('error', () => refuse(504, `no answer from ${host}`))
  remote.once('response', (answer) => {
    const headers = Object.entries(answer.headersDistinct).filter(([name]) => !HOP_BY_HOP.has(name))
    response.writeHead(answer.statusCode ?? 502, Object.fromEntries(headers))
    pipeline(answer, response).catch(() => response.destroy())
  })
  pipeline(message, remote).catch(() => remote.destroy())
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
