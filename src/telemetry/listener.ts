import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { Registry } from 'prom-client'
import { invalidInput } from '../contract/index.ts'
import { formatListenAddress, type ListenAddress } from './listen-address.ts'

/** What a process tells of itself. */
export interface TelemetryPages {
  registry: Registry
  /** Resolves while the process can work; rejects with the reason why it cannot. */
  ready(): Promise<void>
}

export interface TelemetryListener {
  url: string
  close(): Promise<void>
}

/**
 * Serves `/metrics`, `/healthz` and `/readyz` on a port of their own, without keys: who may reach it is for the network
 * to say. Throws `config_invalid` where the address cannot be had.
 */
export async function serveTelemetry(address: ListenAddress, pages: TelemetryPages): Promise<TelemetryListener> {
  const server = createServer((request, response) => {
    answer(pages, request.method ?? '', request.url ?? '', response).catch((error: unknown) => {
      send(response, 500, 'text/plain; charset=utf-8', `${error instanceof Error ? error.message : String(error)}\n`)
    })
  })
  server.listen(address.port, address.host)
  try {
    await once(server, 'listening')
  } catch (cause) {
    const why = `cannot be listened on (${cause instanceof Error ? cause.message : String(cause)})`
    const remedy = 'Choose another one; each process needs its own.'
    throw invalidInput('COMMIT_SUITE_METRICS', formatListenAddress(address), why, remedy, 'config_invalid')
  }
  // Scrapes keep no process up.
  server.unref()
  const bound = server.address()
  const port = bound === null || typeof bound === 'string' ? address.port : bound.port
  return {
    url: `http://${formatListenAddress({ host: address.host, port })}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function answer({ registry, ready }: TelemetryPages, method: string, url: string, response: ServerResponse) {
  if (method !== 'GET' && method !== 'HEAD') return send(response, 405, 'text/plain; charset=utf-8', 'GET only\n')
  switch (url.split('?', 1)[0]) {
    case '/metrics':
      return send(response, 200, registry.contentType, await registry.metrics())
    case '/healthz':
      return sendStatus(response, 200, { status: 'healthy' })
    case '/readyz':
      try {
        await ready()
        return sendStatus(response, 200, { status: 'ready' })
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        return sendStatus(response, 503, { status: 'not ready', reason })
      }
    default:
      return send(response, 404, 'text/plain; charset=utf-8', '/metrics, /healthz, /readyz\n')
  }
}

const sendStatus = (response: ServerResponse, code: number, status: object): void =>
  send(response, code, 'application/json; charset=utf-8', `${JSON.stringify(status)}\n`)

function send(response: ServerResponse, code: number, type: string, body: string): void {
  response.writeHead(code, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
}
