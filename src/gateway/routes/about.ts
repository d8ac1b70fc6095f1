import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { OPERATIONS } from '../../contract/http/operations.ts'
import { packageVersion } from '../../package-version.ts'
import type { GatewayDeps } from '../deps.ts'
import { callerOf, routeOf } from './route-of.ts'

/** What the dashboard shows of the gateway itself, and where it leads from there. */
export const aboutRoutes: FastifyPluginAsyncZod<GatewayDeps> = async (app, { settings }) => {
  app.route({
    ...routeOf(OPERATIONS.about),
    async handler(request) {
      const { role, keyId } = callerOf(request)
      return { version: packageVersion(), role, keyless: keyId === null, ...settings.temporal }
    },
  })
}
