import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** `cut`: the connection ends once the request has begun to arrive. `silent`: nobody ever answers. */
export type S3FaultPlan = { status: number; code: string } | 'cut' | 'silent'

export interface FaultyFront {
  endpoint: string
  /** Faults that come first, one a request. */
  next: S3FaultPlan[]
  /** Method and path of all requests. */
  asked: string[]
  close(): Promise<void>
}

/** Stands before an S3 server and hands on what it does not spoil. */
export async function faultyFront(behind: string): Promise<FaultyFront> {
  const next: S3FaultPlan[] = []
  const asked: string[] = []
  const server = createServer((incoming, answer) => {
    asked.push(`${incoming.method} ${incoming.url}`)
    const fault = next.shift()
    if (fault === 'silent') return void incoming.resume()
    if (fault === 'cut') return void incoming.once('readable', () => incoming.socket.destroy())
    if (fault !== undefined) {
      incoming.resume()
      answer.writeHead(fault.status, { 'content-type': 'application/xml' })
      return void answer.end(`<Error><Code>${fault.code}</Code><Message>Provoked.</Message></Error>`)
    }
    // The headers as they came: the signature covers them.
    const forwarded = request(behind, { method: incoming.method, path: incoming.url, headers: incoming.headers })
    forwarded.once('response', (response) => {
      answer.writeHead(response.statusCode ?? 500, response.headers)
      response.pipe(answer)
    })
    forwarded.once('error', () => answer.destroy())
    incoming.pipe(forwarded)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    ...{ endpoint: `http://127.0.0.1:${port}`, next, asked },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
