import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { OPERATIONS } from '../../contract/http/operations.ts'
import { isOpen } from '../../contract/index.ts'
import { isolationReport } from '../../store/isolations/report.ts'
import { isolationSummary } from '../../store/isolations/summary.ts'
import type { StreamingDeps } from '../streams/deps.ts'
import { eventCursor } from '../streams/event-cursor.ts'
import { measuredStream } from '../streams/measured-stream.ts'
import { sendEvents } from '../streams/send-events.ts'
import { streamLife } from '../streams/stream-life.ts'
import { callerOf, routeOf } from './route-of.ts'
import { ownerFor, visibleIsolation } from './visible.ts'

/** Isolations of tests that depend on their order: start, list, look at, follow, cancel. */
export const isolationRoutes: FastifyPluginAsyncZod<StreamingDeps> = async (app, deps) => {
  const { store, control, isolationStarter, isolationFeeds, drain, metrics, settings } = deps

  app.route({
    ...routeOf(OPERATIONS.startIsolation),
    async handler(request, reply) {
      const { 'idempotency-key': token } = request.headers
      const started = await isolationStarter.start(callerOf(request), request.body, token)
      reply.code(202).header('Location', `/v1/isolations/${started.isolation}`)
      return started
    },
  })

  app.route({
    ...routeOf(OPERATIONS.listIsolations),
    async handler(request) {
      const { repo, status, cursor, limit } = request.query
      const owner = ownerFor(callerOf(request))
      if (cursor !== undefined) await visibleIsolation(store, callerOf(request), cursor)
      const isolations = await store.isolations.list({
        limit,
        ...(repo === undefined ? {} : { repo }),
        ...(status === undefined ? {} : { status }),
        ...(cursor === undefined ? {} : { cursor }),
        ...(owner === undefined ? {} : { owner }),
      })
      const next = isolations.length < limit ? null : (isolations.at(-1)?.id ?? null)
      return { isolations: isolations.map(isolationSummary), next }
    },
  })

  app.route({
    ...routeOf(OPERATIONS.getIsolation),
    async handler(request) {
      const isolation = await visibleIsolation(store, callerOf(request), request.params.isolation)
      const lastEvent = await store.isolations.lastSeq(isolation.id)
      return { ...(await isolationReport(store, isolation)), request: { ...isolation.spec }, lastEvent }
    },
  })

  app.route({
    ...routeOf(OPERATIONS.streamIsolationEvents),
    async handler(request, reply) {
      const caller = callerOf(request)
      const { id, status } = await visibleIsolation(store, caller, request.params.isolation)
      const after = eventCursor(request.headers['last-event-id'], request.query.after)
      // Nothing will come any more: 204 is what keeps a browser from coming back for ever.
      if (!isOpen(status) && after >= (await store.isolations.lastSeq(id))) return reply.code(204).send()
      const life = streamLife(request.raw.socket, caller, { drain, auth: deps })
      const batches = isolationFeeds.follow(id, after, settings.heartbeatMs, life.signal)
      const stream = measuredStream(metrics, 'sse')
      try {
        await sendEvents(reply, batches, life, stream.sent)
      } finally {
        stream.close()
      }
    },
  })

  app.route({
    ...routeOf(OPERATIONS.cancelIsolation),
    async handler(request, reply) {
      const { id } = await visibleIsolation(store, callerOf(request), request.params.isolation)
      await control.isolations.cancel(id)
      reply.code(202)
      return { isolation: id, status: (await store.isolations.get(id))?.status ?? 'cancelled' }
    },
  })
}
