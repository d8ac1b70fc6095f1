import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { IDLE_TIMEOUT_MS, type Log, pinned } from './outbound.ts'
import { decide, type EgressRules } from './policy.ts'
import { parseAbsoluteUrl } from './target.ts'

/** Headers that belong to one hop only (RFC 9110, 7.6.1) or to the proxy itself. */
const HOP_BY_HOP = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade', 'host'],
])

/** Answers a plain request in absolute form: refuses it, or passes it on and its answer back. */
export async function forward(message: IncomingMessage, response: ServerResponse, rules: EgressRules, log: Log) {
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
  remote.on('error', () => refuse(504, `no answer from ${host}`))
  remote.once('response', (answer) => {
    const { statusCode = 0 } = answer
    if (statusCode < 200 || statusCode > 599) return void remote.destroy(new Error('no valid status'))
    const headers = Object.entries(answer.headersDistinct).filter(([name]) => !HOP_BY_HOP.has(name))
    response.writeHead(statusCode, Object.fromEntries(headers))
    pipeline(answer, response).catch(() => response.destroy())
  })
  pipeline(message, remote).catch(() => remote.destroy())
}
