import type { FastifyReply } from 'fastify'

/** Sends the head of an answer that is written piece by piece: with all headers set so far, never cached or held back. */
export function beginStream(reply: FastifyReply, headers: Record<string, string>): void {
  const { raw } = reply
  const kept = {
    ...reply.getHeaders(),
    'cache-control': 'no-store',
    // Proxies of the nginx family hold streams back otherwise.
    'x-accel-buffering': 'no',
    ...headers,
  }
  reply.hijack()
  for (const [name, value] of Object.entries(kept)) if (value !== undefined) raw.setHeader(name, value)
  raw.writeHead(200)
  raw.flushHeaders()
}
