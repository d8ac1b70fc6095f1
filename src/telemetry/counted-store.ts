import { isOpen, type RunResult } from '../contract/index.ts'
import type { EventStore, ResultStore, Store, SuiteStore } from '../store/store.ts'
import type { WorkerMetrics } from './worker-metrics.ts'

/**
 * The store of a worker, counting what it puts on record. The store says what was new, so that nothing counts twice
 * however often an activity is repeated.
 */
export function countedStore(store: Store, metrics: WorkerMetrics): Store {
  return {
    ...store,
    suites: { ...store.suites, setStatus: countedStatus(store.suites, metrics) },
    results: { ...store.results, ...countedResults(store.results, metrics) },
    events: { ...store.events, append: countedAppend(store.events, metrics) },
  }
}

const countedStatus =
  (suites: SuiteStore, metrics: WorkerMetrics): SuiteStore['setStatus'] =>
  async (id, status, event, failure) => {
    const changed = await suites.setStatus(id, status, event, failure)
    if (!changed) return false
    if (event?.type === 'suite.started') metrics.suitesStarted.inc()
    if (!isOpen(status)) metrics.suitesEnded.inc({ status })
    return true
  }

function countedResults(
  results: ResultStore,
  { runs, commandSeconds }: WorkerMetrics,
): Pick<ResultStore, 'record' | 'closeMissing'> {
  const count = ({ outcome, startedAt, durationMs }: RunResult): void => {
    runs.inc({ outcome })
    if (startedAt !== null) commandSeconds.observe(durationMs / 1000)
  }
  return {
    async record(result, tests) {
      const recorded = await results.record(result, tests)
      if (recorded.inserted) count(recorded.result)
      return recorded
    },
    async closeMissing(missing) {
      const { closed, more } = await results.closeMissing(missing)
      if (closed > 0) runs.inc({ outcome: missing.outcome }, closed)
      return { closed, more }
    },
  }
}

const countedAppend =
  (events: EventStore, { retries }: WorkerMetrics): EventStore['append'] =>
  async (event) => {
    const { seq, appended } = await events.append(event)
    if (appended && event.type === 'run.retried') retries.inc({ fault: event.data.fault })
    return { seq, appended }
  }
