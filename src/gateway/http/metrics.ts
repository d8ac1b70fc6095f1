import type { FastifyInstance } from 'fastify'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { processRegistry } from '../../telemetry/process-metrics.ts'

/** What a gateway counts, in the form of Prometheus. */
export interface Metrics {
  registry: Registry
  eventLag: Histogram<'kind'>
  openStreams: Gauge<'kind'>
  sentEvents: Counter<'kind'>
  startedSuites: Counter
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** Counts requests by route, never by path: ids would make a series each. */
export function countRequests(app: FastifyInstance): Metrics {
  const registry = processRegistry()
  const registers = [registry]
  const requests = new Histogram({
    name: 'commit_suite_http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer; streams last as long as they are open',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers,
  })
  app.addHook('onResponse', async ({ method, routeOptions }, reply) => {
    const labels = { method, route: routeOptions.url ?? 'unknown', status: String(reply.statusCode) }
    requests.observe(labels, reply.elapsedTime / 1000)
  })
  return {
    registry,
    eventLag: new Histogram({
      name: 'commit_suite_event_lag_seconds',
      help: 'Age of the oldest new event of each batch when the batch was handed to the connection of its subscriber',
      labelNames: ['kind'],
      buckets: SECONDS,
      registers,
    }),
    openStreams: new Gauge({
      name: 'commit_suite_open_streams',
      help: 'Streams of events and logs that are open',
      labelNames: ['kind'],
      registers,
    }),
    sentEvents: new Counter({
      name: 'commit_suite_events_sent_total',
      help: 'Events sent to subscribers',
      labelNames: ['kind'],
      registers,
    }),
    startedSuites: new Counter({
      name: 'commit_suite_gateway_suites_started_total',
      help: 'Suites that this gateway started',
      registers,
    }),
  }
}
