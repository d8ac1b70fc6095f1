import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Asked {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  /** As it was sent. */
  body: string
}

export interface Answer {
  status: number
  headers?: Record<string, string>
  /** JSON unless it is text. */
  body?: unknown
  /** The connection ends without an answer. */
  hangUp?: boolean
}

export interface AnsweringServer {
  url: string
  asked: Asked[]
  /** Answers that are given first, one a request. */
  first: Answer[]
  close(): Promise<void>
}

/** A real HTTP server that remembers what it was asked. */
export async function answeringServer(answer: (asked: Asked) => Answer): Promise<AnsweringServer> {
  const asked: Asked[] = []
  const first: Answer[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const one = { method: request.method ?? '', path: pathname, query: searchParams, headers: request.headers, body }
    asked.push(one)
    const { status, headers = {}, body: said, hangUp } = first.shift() ?? answer(one)
    if (hangUp === true) return void request.socket.destroy()
    const isText = typeof said === 'string' || said === undefined
    response.writeHead(status, {
      'content-type': isText ? 'text/plain' : 'application/json; charset=utf-8',
      ...headers,
    })
    response.end(isText ? said : JSON.stringify(said))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    first,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
