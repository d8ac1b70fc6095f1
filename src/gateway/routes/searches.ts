import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { OPERATIONS } from '../../contract/http/operations.ts'
import { isOpen } from '../../contract/index.ts'
import { searchReport } from '../../store/searches/report.ts'
import { searchSummary } from '../../store/searches/summary.ts'
import type { StreamingDeps } from '../streams/deps.ts'
import { eventCursor } from '../streams/event-cursor.ts'
import { measuredStream } from '../streams/measured-stream.ts'
import { sendEvents } from '../streams/send-events.ts'
import { streamLife } from '../streams/stream-life.ts'
import { callerOf, routeOf } from './route-of.ts'
import { ownerFor, visibleSearch } from './visible.ts'

/** Searches for culprits: start, list, look at, follow, cancel. */
export const searchRoutes: FastifyPluginAsyncZod<StreamingDeps> = async (app, deps) => {
  const { store, control, searchStarter, searchFeeds, drain, metrics, settings } = deps

  app.route({
    ...routeOf(OPERATIONS.startSearch),
    async handler(request, reply) {
      const { 'idempotency-key': token } = request.headers
      const started = await searchStarter.start(callerOf(request), request.body, token)
      reply.code(202).header('Location', `/v1/searches/${started.search}`)
      return started
    },
  })

  app.route({
    ...routeOf(OPERATIONS.listSearches),
    async handler(request) {
      const { repo, status, cursor, limit } = request.query
      const owner = ownerFor(callerOf(request))
      if (cursor !== undefined) await visibleSearch(store, callerOf(request), cursor)
      const searches = await store.searches.list({
        limit,
        ...(repo === undefined ? {} : { repo }),
        ...(status === undefined ? {} : { status }),
        ...(cursor === undefined ? {} : { cursor }),
        ...(owner === undefined ? {} : { owner }),
      })
      const next = searches.length < limit ? null : (searches.at(-1)?.id ?? null)
      return { searches: searches.map(searchSummary), next }
    },
  })

  app.route({
    ...routeOf(OPERATIONS.getSearch),
    async handler(request) {
      const search = await visibleSearch(store, callerOf(request), request.params.search)
      const lastEvent = await store.searches.lastSeq(search.id)
      return { ...searchReport(search), request: { ...search.spec }, lastEvent }
    },
  })

  app.route({
    ...routeOf(OPERATIONS.listSearchCommits),
    async handler(request) {
      const search = await visibleSearch(store, callerOf(request), request.params.search)
      const { cursor, limit } = request.query
      const range = await store.searches.commits(search.id, { from: cursor, limit })
      const commits = range.map(({ position, sha, subject, author, committedAt, prior }) => ({
        ...{ position, sha, subject, author, committedAt },
        earlier: prior,
      }))
      return { commits, next: cursor + limit < search.commits ? String(cursor + limit) : null }
    },
  })

  app.route({
    ...routeOf(OPERATIONS.streamSearchEvents),
    async handler(request, reply) {
      const caller = callerOf(request)
      const search = await visibleSearch(store, caller, request.params.search)
      const after = eventCursor(request.headers['last-event-id'], request.query.after)
      // Nothing will come any more: 204 is what keeps a browser from coming back for ever.
      if (!isOpen(search.status) && after >= (await store.searches.lastSeq(search.id))) return reply.code(204).send()
      const life = streamLife(request.raw.socket, caller, { drain, auth: deps })
      const batches = searchFeeds.follow(search.id, after, settings.heartbeatMs, life.signal)
      const stream = measuredStream(metrics, 'sse')
      try {
        await sendEvents(reply, batches, life, stream.sent)
      } finally {
        stream.close()
      }
    },
  })

  app.route({
    ...routeOf(OPERATIONS.cancelSearch),
    async handler(request, reply) {
      const { id } = await visibleSearch(store, callerOf(request), request.params.search)
      await control.searches.cancel(id)
      reply.code(202)
      return { search: id, status: (await store.searches.get(id))?.status ?? 'cancelled' }
    },
  })
}
