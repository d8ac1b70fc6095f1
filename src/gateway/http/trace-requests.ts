import { context, propagation, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { tracer } from '../../telemetry/spans.ts'

/**
 * A span for each request that may be made, in the caller's trace where that sent one. Paths and queries stay out of
 * it, as do streams over WebSocket, which are answered once and last.
 */
export function traceRequests(app: FastifyInstance): void {
  const spans = new WeakMap<FastifyRequest, Span>()

  // After the body was read: before that, what follows would not happen in this context.
  app.addHook('preHandler', (request, reply, done) => {
    const { method, headers, caller, routeOptions } = request
    if (caller === null || headers.upgrade !== undefined) return done()
    const attributes = {
      'http.request.method': method,
      'http.route': routeOptions.url ?? 'unknown',
      'commit_suite.request_id': request.id,
    }
    const options = { kind: SpanKind.SERVER, attributes, startTime: Date.now() - reply.elapsedTime }
    const parent = propagation.extract(ROOT_CONTEXT, headers)
    const span = tracer().startSpan(`${method} ${attributes['http.route']}`, options, parent)
    spans.set(request, span)
    context.with(trace.setSpan(parent, span), done)
  })

  app.addHook('onResponse', async (request, reply) => {
    const span = spans.get(request)
    span?.setAttribute('http.response.status_code', reply.statusCode)
    if (reply.statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR })
    span?.end()
  })
}
