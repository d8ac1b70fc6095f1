import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Cluster } from '../../../src/executors/kubernetes/cluster/cluster.ts'
import { type ConnectOptions, connectCluster } from '../../../src/executors/kubernetes/cluster/connect.ts'

export type Answer = (request: IncomingMessage, response: ServerResponse, query: URLSearchParams) => void

/** Stands in for an API server where a fault has to be provoked; on loopback, reached through a kubeconfig of its own. */
export class FaultyApiServer {
  /** Answers every request until it is replaced. */
  answer: Answer = (_request, response) => status(response, 404, 'NotFound', 'nothing here')
  /** Takes the sockets of commands. */
  onSocket: ((socket: WebSocket, request: IncomingMessage) => void) | undefined
  /** Answers the handshake of sockets instead of `onSocket`. */
  refuseSocket: { status: number; body: string } | undefined
  /** What the server speaks over sockets. */
  protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io']
  /** Paths and queries asked for so far. */
  readonly seen: string[] = []
  readonly kubeconfig: string
  private readonly directory: string
  private readonly sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => [...offered].find((protocol) => this.protocols.includes(protocol)) ?? false,
  })
  private server: Server | undefined
  private port = 0

  private constructor(directory: string) {
    this.directory = directory
    this.kubeconfig = join(directory, 'kubeconfig')
  }

  static async start(): Promise<FaultyApiServer> {
    const server = new FaultyApiServer(await mkdtemp(join(tmpdir(), 'cs-api-')))
    await server.up()
    await writeFile(server.kubeconfig, kubeconfigFor(`http://127.0.0.1:${server.port}`))
    return server
  }

  async connect(options: ConnectOptions = {}): Promise<Cluster> {
    return await connectCluster({ kubeconfig: this.kubeconfig }, options)
  }

  /** Listens, again on the same port after `down`. */
  async up(): Promise<void> {
    const server = createServer((request, response) => {
      this.seen.push(request.url ?? '')
      this.answer(request, response, new URL(request.url ?? '/', 'http://api').searchParams)
    })
    server.on('upgrade', (request, socket, head) => {
      this.seen.push(request.url ?? '')
      const refused = this.refuseSocket
      if (refused === undefined) {
        this.sockets.handleUpgrade(request, socket, head, (opened) => this.onSocket?.(opened, request))
        return
      }
      const length = Buffer.byteLength(refused.body)
      socket.end(`HTTP/1.1 ${refused.status} No\r\nContent-Length: ${length}\r\n\r\n${refused.body}`)
    })
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve))
    this.port = (server.address() as AddressInfo).port
    this.server = server
  }

  /** Breaks all connections and refuses new ones. */
  async down(): Promise<void> {
    const { server } = this
    if (server === undefined) return
    this.server = undefined
    for (const socket of this.sockets.clients) socket.terminate()
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  }

  async stop(): Promise<void> {
    await this.down()
    await rm(this.directory, { recursive: true })
  }
}

export const kubeconfigFor = (server: string, name = 'faulty'): string =>
  [
    'apiVersion: v1',
    'kind: Config',
    `current-context: ${name}`,
    `clusters: [{name: ${name}, cluster: {server: "${server}", insecure-skip-tls-verify: true}}]`,
    `users: [{name: ${name}, user: {token: very-secret}}]`,
    `contexts: [{name: ${name}, context: {cluster: ${name}, user: ${name}}}]`,
  ].join('\n')

export function json(response: ServerResponse, body: unknown, code = 200): void {
  response.writeHead(code, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

/** A failure as the API server words it. */
export function status(
  response: ServerResponse,
  code: number,
  reason: string,
  message: string,
  details?: object,
): void {
  json(response, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message, details }, code)
}

export const pod = (name: string, version: string, phase = 'Running', uid = `uid-${name}`): object => ({
  metadata: { name, uid, resourceVersion: version },
  status: { phase },
})

export const podList = (version: string, ...items: object[]): object => ({
  kind: 'PodList',
  apiVersion: 'v1',
  metadata: { resourceVersion: version },
  items,
})

export const line = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`
