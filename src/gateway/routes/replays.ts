import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { OPERATIONS } from '../../contract/http/operations.ts'
import { replayRequest } from '../../requests/replay-request.ts'
import type { StreamingDeps } from '../streams/deps.ts'
import { callerOf, routeOf } from './route-of.ts'
import { keyOf } from './runs.ts'
import { visibleRun } from './visible.ts'

/** Replays: one suite of one run for each repetition, as a seed is in a suite once. */
export const replayRoutes: FastifyPluginAsyncZod<StreamingDeps> = async (app, { store, starter }) => {
  app.route({
    ...routeOf(OPERATIONS.replayRun),
    async handler(request, reply) {
      const caller = callerOf(request)
      const run = await visibleRun(store, caller, request.params.run)
      const { outcome = null, reason = null } = (await store.results.get(keyOf(run))) ?? {}
      const suites: string[] = []
      for (let n = 0; n < (request.body?.times ?? 1); n++) {
        const { isolation, cluster: _, ...same } = replayRequest(run)
        // What ran on the gateway's own machine without a sandbox does not do so for the network.
        const apart = isolation === 'process' ? {} : { isolation }
        const { suite } = await starter.start(caller, { ...same, ...apart })
        suites.push(suite)
      }
      reply.code(202)
      return { run: run.id, seed: run.seed, outcome, reason, suites }
    },
  })
}
