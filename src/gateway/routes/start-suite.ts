import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { OPERATIONS } from '../../contract/http/operations.ts'
import { suiteWorkflowId } from '../../contract/index.ts'
import type { StreamingDeps } from '../streams/deps.ts'
import { callerOf, routeOf } from './route-of.ts'

/** `POST /v1/suites`. */
export const startRoutes: FastifyPluginAsyncZod<StreamingDeps> = async (app, { starter }) => {
  app.route({
    ...routeOf(OPERATIONS.startSuite),
    async handler(request, reply) {
      const { 'idempotency-key': token } = request.headers
      const started = await starter.start(callerOf(request), request.body, { token })
      // The request's line in the log names what it started.
      request.log = request.log.child({ suite: started.suite, workflowId: suiteWorkflowId(started.suite) })
      reply.code(202).header('Location', `/v1/suites/${started.suite}`)
      return started
    },
  })
}
