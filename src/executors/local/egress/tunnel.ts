import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CONNECT_TIMEOUT_MS, IDLE_TIMEOUT_MS, type Log, pinned } from './outbound.ts'
import { decide, type EgressRules } from './policy.ts'
import { parseAuthority } from './target.ts'

/** Answers a CONNECT request: refuses it, or carries bytes until either side ends. */
export async function tunnel(
  message: IncomingMessage,
  client: Duplex,
  head: Buffer,
  rules: EgressRules,
  log: Log,
): Promise<void> {
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
  // Stays when `failed` goes: an error event without a listener would end this process.
  remote.on('error', () => remote.destroy())
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
