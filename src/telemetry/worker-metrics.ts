import { Counter, Histogram, type Registry } from 'prom-client'
import { ERRORS, isOpen, outcomeSchema, SUITE_STATUSES } from '../contract/index.ts'

/** From what a busy host takes to what people wait for. */
const WAITS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800]
const PREPARATIONS = [0.05, 0.1, 0.5, 1, 5, 15, 30, 60, 120, 300, 600, 1_800, 3_600]
const COMMANDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 30, 60, 300, 900, 3_600]

/**
 * What a worker counts; docs/observability.md says what each is exactly. Labels have few values: never suites, commits
 * or repositories.
 */
export type WorkerMetrics = ReturnType<typeof workerMetrics>

export function workerMetrics(registry: Registry) {
  const metrics = emptyMetrics(registry)
  const { suitesEnded, runs, retries } = metrics
  // From the beginning: what appears with its first count has not risen, as Prometheus sees it.
  for (const status of SUITE_STATUSES) if (!isOpen(status)) suitesEnded.inc({ status }, 0)
  for (const outcome of outcomeSchema.options) runs.inc({ outcome }, 0)
  for (const [fault, { retryable }] of Object.entries(ERRORS)) if (retryable) retries.inc({ fault }, 0)
  return metrics
}

function emptyMetrics(registry: Registry) {
  const registers = [registry]
  return {
    suitesStarted: new Counter({
      name: 'commit_suite_suites_started_total',
      help: 'Suites whose commits were resolved, so that their runs begin',
      registers,
    }),
    suitesEnded: new Counter({
      name: 'commit_suite_suites_ended_total',
      help: 'Ends of suites put on record, by status; a suite that was extended ends again',
      labelNames: ['status'],
      registers,
    }),
    runs: new Counter({
      name: 'commit_suite_runs_total',
      help: 'Results of runs put on record, each once, by outcome',
      labelNames: ['outcome'],
      registers,
    }),
    retries: new Counter({
      name: 'commit_suite_run_retries_total',
      help: 'Tries of runs lost to infrastructure and put on record as such, by fault',
      labelNames: ['fault'],
      registers,
    }),
    faults: new Counter({
      name: 'commit_suite_activity_faults_total',
      help: 'Attempts of activities that ended with an error, by activity and code of the error',
      labelNames: ['activity', 'code'],
      registers,
    }),
    commandSeconds: new Histogram({
      name: 'commit_suite_run_command_seconds',
      help: 'How long the commands of recorded runs took',
      buckets: COMMANDS,
      registers,
    }),
    queueSeconds: new Histogram({
      name: 'commit_suite_run_queue_wait_seconds',
      help: 'From the scheduling of an attempt of a run by Temporal to its begin in the worker',
      buckets: WAITS,
      registers,
    }),
    overheadSeconds: new Histogram({
      name: 'commit_suite_run_overhead_seconds',
      help: 'From the begin of a run in the worker to its recorded result, less its command',
      buckets: WAITS,
      registers,
    }),
    preparationSeconds: new Histogram({
      name: 'commit_suite_preparation_seconds',
      help: 'Checkout and set-up of a commit, by executor and by what came of it',
      labelNames: ['executor', 'result'],
      buckets: PREPARATIONS,
      registers,
    }),
    stuckEnvironments: new Counter({
      name: 'commit_suite_environments_stuck_total',
      help: 'Namespaces that the hourly clean-up found not to go, each time it did; at most 20 a time',
      registers,
    }),
  }
}
