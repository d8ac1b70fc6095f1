import type { ActivityInterceptorsFactory } from '@temporalio/worker'
import { CommitSuiteError } from '../contract/index.ts'
import { activityNotes } from './activity-notes.ts'
import type { WorkerMetrics } from './worker-metrics.ts'

/** Measures what runs wait for and cost besides their commands, and counts errors of all activities. */
export const measureActivities =
  (metrics: WorkerMetrics): ActivityInterceptorsFactory =>
  ({ info, cancellationSignal }) => ({
    inbound: {
      async execute(input, next) {
        try {
          const work = () => next(input)
          const result = await (info.activityType === 'runSeed' ? measureRun(metrics, scheduledMs(info), work) : work())
          if (info.activityType === 'collectEnvironments') countStuck(metrics, result)
          return result
        } catch (error) {
          // What was cancelled ends with all kinds of errors, none of which is one.
          if (!cancellationSignal.aborted) countFault(metrics, info.activityType, error)
          throw error
        }
      },
    },
  })

const scheduledMs = ({ currentAttemptScheduledTimestampMs: ms }: { currentAttemptScheduledTimestampMs: number }) => ms

async function measureRun(
  { queueSeconds, overheadSeconds }: WorkerMetrics,
  scheduledAtMs: number,
  work: () => Promise<unknown>,
): Promise<unknown> {
  const beganAtMs = Date.now()
  // The clocks of server and worker may differ by more than a run waits.
  queueSeconds.observe(Math.max(0, beganAtMs - scheduledAtMs) / 1000)
  const result = await work()
  const { startedAtMs, commandMs } = activityNotes() ?? {}
  // A run that an earlier attempt started says nothing of what this one cost.
  if (startedAtMs !== undefined && commandMs !== undefined && startedAtMs >= beganAtMs) {
    overheadSeconds.observe(Math.max(0, Date.now() - beganAtMs - commandMs) / 1000)
  }
  return result
}

function countFault({ faults }: WorkerMetrics, activity: string, error: unknown): void {
  faults.inc({ activity, code: error instanceof CommitSuiteError ? error.code : 'internal' })
}

function countStuck({ stuckEnvironments }: WorkerMetrics, report: unknown): void {
  if (typeof report !== 'object' || report === null || !('stuck' in report) || !Array.isArray(report.stuck)) return
  stuckEnvironments.inc(report.stuck.length)
}
