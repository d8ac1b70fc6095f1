import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createClient } from '../../../src/client/client.ts'
import type { ClientOptions } from '../../../src/client/options.ts'
import type { SuiteEvent } from '../../../src/contract/index.ts'

export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void

/** A real server that answers the first request with the first answer, and so on; the last answers all that follow. */
export class FaultyGateway {
  readonly requests: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[] = []
  readonly #server: Server
  readonly url: string

  private constructor(server: Server, url: string) {
    this.#server = server
    this.url = url
  }

  static async start(...answers: [Answer, ...Answer[]]): Promise<FaultyGateway> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const gateway = new FaultyGateway(server, `http://127.0.0.1:${port}`)
    const [first, ...rest] = answers
    let next = first
    server.on('request', async (request: IncomingMessage, response: ServerResponse) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      const body = Buffer.concat(chunks).toString()
      gateway.requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body })
      const answer = next
      next = rest.shift() ?? next
      answer(request, response, body)
    })
    return gateway
  }

  client(options: Partial<ClientOptions> = {}) {
    return createClient({ url: this.url, patienceMs: 2_000, streamPatienceMs: 2_000, longestWaitMs: 4_000, ...options })
  }

  stop(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop()
  }
}

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  }

export const problem = (
  status: number,
  code: string,
  fields: object = {},
  headers: Record<string, string> = {},
): Answer =>
  json(
    status,
    { type: 'about:blank', title: code, status, detail: `said: ${code}`, code, ...fields },
    {
      'content-type': 'application/problem+json',
      ...headers,
    },
  )

/** Breaks the connection without an answer. */
export const hangUp: Answer = (request) => void request.socket.destroy()

export const event = (seq: number): SuiteEvent => ({
  seq,
  type: 'suite.paused',
  suite: 's-one',
  at: '2026-01-02T03:04:05.000Z',
  data: {},
})

export const sse = (...events: { seq: number }[]): string =>
  events.map((one) => `id: ${one.seq}\ndata: ${JSON.stringify(one)}\n\n`).join('')

/** Begins a stream, sends some of it and ends as said. */
export const stream =
  (text: string | Buffer, end: 'end' | 'break' | 'hang' = 'end', headers: Record<string, string> = {}): Answer =>
  (_request, response) => {
    response.writeHead(200, headers)
    response.write(text, () => {
      if (end === 'end') response.end()
      else if (end === 'break') response.destroy()
    })
  }

export const noContent: Answer = (_request, response) => void response.writeHead(204).end()
