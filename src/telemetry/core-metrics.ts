import type { MetricTags } from '@temporalio/common'
import { type BufferedMetricUpdate, MetricsBuffer } from '@temporalio/worker'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

type Metric = BufferedMetricUpdate['metric']
type Take = (value: number, tags: MetricTags) => void

/** Of the tags that the SDK's core sets, those with few values. */
const LABELS = [
  ...['namespace', 'task_queue', 'workflow_type', 'activity_type', 'worker_type', 'poller_type'],
  ...['operation', 'status_code', 'failure_reason'],
]
const SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300]
/** What comes in faster than it is taken is lost: a busy worker makes some thousand updates a second. */
const BUFFERED = 100_000
const TAKE_EVERY_MS = 500

export interface CoreMetrics {
  buffer: MetricsBuffer
  /** Stops taking; call it before the runtime goes. */
  stop(): void
}

/**
 * What the core of Temporal's SDK measures – slots, polls, latencies, requests – in our registry, under the names of its
 * own Prometheus exporter with units and `_total`. That exporter would be a second port of each worker.
 */
export function coreMetrics(registry: Registry): CoreMetrics {
  const buffer = new MetricsBuffer({ maxBufferSize: BUFFERED, useSecondsForDurations: true })
  const known = new Map<string, Take>()
  const take = (): void => {
    for (const { metric, value, attributes } of buffer.retrieveUpdates()) {
      const ours = known.get(metric.name) ?? takerOf(metric, registry)
      known.set(metric.name, ours)
      ours(value, attributes)
    }
  }
  const timer = setInterval(take, TAKE_EVERY_MS)
  timer.unref()
  return { buffer, stop: () => clearInterval(timer) }
}

function takerOf({ name, kind, unit = '', description = '' }: Metric, registry: Registry): Take {
  const common = { help: description === '' ? name : description, labelNames: LABELS, registers: [registry] }
  const base = name.startsWith('temporal_') ? name : `temporal_${name}`
  switch (kind) {
    case 'counter': {
      const counter = new Counter({ ...common, name: base.endsWith('_total') ? base : `${base}_total` })
      return (value, tags) => counter.inc(labelsOf(tags), value)
    }
    case 'histogram': {
      const isTime = unit === 's' || unit === 'ms' || unit === 'duration'
      const histogram = new Histogram({ ...common, name: isTime ? `${base}_seconds` : base, buckets: SECONDS })
      return (value, tags) => histogram.observe(labelsOf(tags), unit === 'ms' ? value / 1000 : value)
    }
    case 'up-down-counter': {
      const gauge = new Gauge({ ...common, name: base })
      return (value, tags) => gauge.inc(labelsOf(tags), value)
    }
    case 'gauge': {
      const gauge = new Gauge({ ...common, name: base })
      return (value, tags) => gauge.set(labelsOf(tags), value)
    }
  }
}

const labelsOf = (tags: MetricTags): Record<string, string> =>
  Object.fromEntries(LABELS.flatMap((label) => (label in tags ? [[label, String(tags[label])]] : [])))
