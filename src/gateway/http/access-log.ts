import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { ID_PATTERN, parseRunId, suiteWorkflowId } from '../../contract/index.ts'

const GIVEN_ID = /^[A-Za-z0-9._-]{1,64}$/

/** The caller's own id of a request where it is harmless, else a new one. */
export function requestId({ headers }: IncomingMessage): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && GIVEN_ID.test(given) ? given : randomUUID()
}

/** The suite, commit and run that a request is about, as its route names them. */
function subjectOf(params: unknown): Record<string, string | number> {
  if (typeof params !== 'object' || params === null) return {}
  const named = parseRunId('run' in params ? String(params.run) : '')
  if (named !== undefined) {
    const { suite, sha12, attempt } = named
    return { suite, sha: sha12, attempt, run: String('run' in params ? params.run : '') }
  }
  const suite = 'suite' in params ? String(params.suite) : ''
  return ID_PATTERN.test(suite) ? { suite, workflowId: suiteWorkflowId(suite) } : {}
}

/** One line per request. Queries stay out of it: the key of an older client may stand there. */
export function logAccess(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('X-Request-Id', request.id)
  })
  app.addHook('onResponse', async (request, reply) => {
    const { method, url, caller, ip, routeOptions, params } = request
    const line = {
      method,
      path: url.split('?', 1)[0],
      route: routeOptions.url,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      key: caller?.key ?? null,
      ip,
      ...subjectOf(params),
    }
    request.log.info(line, 'request')
  })
}
