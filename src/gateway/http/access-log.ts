import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'

const GIVEN_ID = /^[A-Za-z0-9._-]{1,64}$/

/** The caller's own id of a request where it is harmless, else a new one. */
export function requestId({ headers }: IncomingMessage): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && GIVEN_ID.test(given) ? given : randomUUID()
}

/** One line per request. Queries stay out of it: the key of an older client may stand there. */
export function logAccess(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('X-Request-Id', request.id)
  })
  app.addHook('onResponse', async (request, reply) => {
    const { method, url, caller, ip, routeOptions } = request
    const line = {
      method,
      path: url.split('?', 1)[0],
      route: routeOptions.url,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      key: caller?.key ?? null,
      ip,
    }
    request.log.info(line, 'request')
  })
}
