import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { OPERATIONS } from '../../contract/http/operations.ts'
import { CommitSuiteError } from '../../contract/index.ts'
import { SESSION_COOKIE } from '../auth/authenticate.ts'
import type { GatewayDeps } from '../deps.ts'
import { routeOf } from './route-of.ts'

const SESSION_MS = 12 * 3_600_000

/** API keys, and the cookie that a browser gets for one. */
export const keyRoutes: FastifyPluginAsyncZod<GatewayDeps> = async (app, { store: { keys, browserSessions } }) => {
  app.route({
    ...routeOf(OPERATIONS.listKeys),
    handler: async () => ({ keys: await keys.list() }),
  })

  app.route({
    ...routeOf(OPERATIONS.createKey),
    async handler(request, reply) {
      const { key, secret } = await keys.create(request.body)
      reply.code(201).header('Cache-Control', 'no-store')
      return { ...key, secret }
    },
  })

  app.route({
    ...routeOf(OPERATIONS.revokeKey),
    async handler(request, reply) {
      await keys.revoke(request.params.name)
      reply.code(204)
      return null
    },
  })

  app.route({
    ...routeOf(OPERATIONS.openSession),
    async handler(request, reply) {
      const key = await keys.find(request.body.key)
      if (key === undefined) throw new CommitSuiteError('unauthorized', 'The API key is not known.', { field: 'key' })
      const cookie = await browserSessions.create(key.id, SESSION_MS)
      const secure = request.protocol === 'https'
      reply.setCookie(SESSION_COOKIE, cookie, {
        ...{ httpOnly: true, sameSite: 'strict', path: '/', secure },
        maxAge: SESSION_MS / 1000,
      })
      reply.code(204)
      return null
    },
  })

  app.route({
    ...routeOf(OPERATIONS.closeSession),
    async handler(request, reply) {
      const cookie = request.cookies[SESSION_COOKIE]
      if (cookie !== undefined) await browserSessions.end(cookie)
      reply.clearCookie(SESSION_COOKIE, { path: '/' }).code(204)
      return null
    },
  })
}
