import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { OPERATIONS } from '../../contract/http/operations.ts'
import { eventsQuerySchema, suiteParamsSchema } from '../../contract/http/suites.ts'
import { isOpen } from '../../contract/index.ts'
import type { StreamingDeps } from '../streams/deps.ts'
import { eventCursor } from '../streams/event-cursor.ts'
import { measuredStream } from '../streams/measured-stream.ts'
import { sendEvents } from '../streams/send-events.ts'
import { CLOSE, sendFrames } from '../streams/send-frames.ts'
import { streamLife } from '../streams/stream-life.ts'
import { callerOf, routeOf } from './route-of.ts'
import { visibleSuite } from './visible.ts'

/** Events of a suite as Server-Sent Events and over WebSocket; both resume by the number of the last event seen. */
export const eventRoutes: FastifyPluginAsyncZod<StreamingDeps> = async (app, deps) => {
  const { store, feeds, drain, metrics, settings } = deps

  app.route({
    ...routeOf(OPERATIONS.streamEvents),
    async handler(request, reply) {
      const caller = callerOf(request)
      const suite = await visibleSuite(store, caller, request.params.suite)
      const after = eventCursor(request.headers['last-event-id'], request.query.after)
      // Nothing will come any more: 204 is what keeps a browser from coming back for ever.
      if (!isOpen(suite.status) && after >= (await store.events.lastSeq(suite.id))) return reply.code(204).send()
      const life = streamLife(request.raw.socket, caller, { drain, auth: deps })
      const batches = feeds.follow(suite.id, after, settings.heartbeatMs, life.signal)
      const stream = measuredStream(metrics, 'sse')
      try {
        await sendEvents(reply, batches, life, stream.sent)
      } finally {
        stream.close()
      }
    },
  })

  app.get(
    '/v1/suites/:suite/stream',
    {
      websocket: true,
      schema: { params: suiteParamsSchema, querystring: eventsQuerySchema, hide: true },
      config: { role: 'read' },
      // Before the upgrade, so that a suite that is not there is a problem document and no broken stream.
      preHandler: async (request) => void (await visibleSuite(store, callerOf(request), request.params.suite)),
    },
    async (socket, request) => {
      // What is wrong with a stream that broke off is known by its close code already.
      socket.on('error', () => undefined)
      const caller = callerOf(request)
      const life = streamLife(request.raw.socket, caller, { drain, auth: deps })
      const stream = measuredStream(metrics, 'websocket')
      try {
        const batches = feeds.follow(request.params.suite, request.query.after ?? 0, settings.heartbeatMs, life.signal)
        await sendFrames(socket, batches, life, stream.sent)
        if (drain.signal.aborted) socket.close(CLOSE.serviceRestart, 'the gateway is ending')
        else if (life.signal.aborted) socket.close(CLOSE.policy, 'the key is no longer valid')
        else socket.close(CLOSE.normal, 'the suite has ended')
      } finally {
        stream.close()
        life.end()
      }
    },
  )
}
