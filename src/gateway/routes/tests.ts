import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { OPERATIONS } from '../../contract/http/operations.ts'
import { historyPage, testHistoryDocument } from '../../store/history/documents.ts'
import type { GatewayDeps } from '../deps.ts'
import { callerOf, routeOf } from './route-of.ts'
import { ownerFor } from './visible.ts'

/** Tests over all suites that the caller may see. */
export const testRoutes: FastifyPluginAsyncZod<GatewayDeps> = async (app, { store }) => {
  app.route({
    ...routeOf(OPERATIONS.listHistory),
    async handler(request) {
      const { flaky, ...query } = request.query
      const owner = ownerFor(callerOf(request))
      return await historyPage(store.history, {
        ...query,
        ...{ owner, flaky: flaky === undefined ? undefined : flaky === '1' },
      })
    },
  })

  app.route({
    ...routeOf(OPERATIONS.getTestHistory),
    async handler(request) {
      return await testHistoryDocument(store.history, { ...request.query, owner: ownerFor(callerOf(request)) })
    },
  })
}
