import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { OPERATIONS } from '../../contract/http/operations.ts'
import { sweepDocument, sweepSummary } from '../../store/sweeps/documents.ts'
import { maySee } from '../auth/caller.ts'
import type { StreamingDeps } from '../streams/deps.ts'
import { callerOf, routeOf } from './route-of.ts'
import { visibleSweep } from './visible.ts'

/** Sweeps: create, list, look at, change, fire, delete. They live in Temporal's schedules, firings in the record. */
export const sweepRoutes: FastifyPluginAsyncZod<StreamingDeps> = async (app, deps) => {
  const { store, control, sweepStarter } = deps

  app.route({
    ...routeOf(OPERATIONS.createSweep),
    async handler(request, reply) {
      const created = await sweepStarter.create(callerOf(request), request.body)
      reply.code(201).header('Location', `/v1/sweeps/${created.name}`)
      return created
    },
  })

  app.route({
    ...routeOf(OPERATIONS.listSweeps),
    async handler(request) {
      const caller = callerOf(request)
      const visible = (await control.sweeps.list()).filter((sweep) => maySee(caller, { spec: sweep.request }))
      return { sweeps: await Promise.all(visible.map((sweep) => sweepSummary(store, sweep))) }
    },
  })

  app.route({
    ...routeOf(OPERATIONS.getSweep),
    async handler(request) {
      return await sweepDocument(store, await visibleSweep(control.sweeps, callerOf(request), request.params.sweep))
    },
  })

  app.route({
    ...routeOf(OPERATIONS.changeSweep),
    async handler(request) {
      await visibleSweep(control.sweeps, callerOf(request), request.params.sweep)
      return await sweepSummary(store, await control.sweeps.update(request.params.sweep, request.body))
    },
  })

  app.route({
    ...routeOf(OPERATIONS.deleteSweep),
    async handler(request, reply) {
      await visibleSweep(control.sweeps, callerOf(request), request.params.sweep)
      await control.sweeps.delete(request.params.sweep)
      return reply.code(204).send(null)
    },
  })

  app.route({
    ...routeOf(OPERATIONS.triggerSweep),
    async handler(request, reply) {
      const { sweep } = request.params
      const firedAt = new Date().toISOString()
      await sweepStarter.trigger(callerOf(request), sweep)
      reply.code(202)
      return { sweep, firedAt }
    },
  })

  app.route({
    ...routeOf(OPERATIONS.backfillSweep),
    async handler(request, reply) {
      const { sweep } = request.params
      await sweepStarter.backfill(callerOf(request), sweep, request.body)
      reply.code(202)
      return { sweep, ...request.body }
    },
  })
}
