import { type ScheduleOptions, ScheduleOverlapPolicy } from '@temporalio/client'
import {
  type Overlap,
  parseSweepRequest,
  type SoundSweep,
  type SweepChange,
  sweepScheduleId,
  TASK_QUEUE,
} from '../contract/index.ts'

const POLICIES = {
  skip: ScheduleOverlapPolicy.SKIP,
  'buffer-one': ScheduleOverlapPolicy.BUFFER_ONE,
  allow: ScheduleOverlapPolicy.ALLOW_ALL,
  cancel: ScheduleOverlapPolicy.CANCEL_OTHER,
} as const satisfies Record<Overlap, ScheduleOverlapPolicy>

const LONGEST_SUMMARY = 200

/**
 * The schedule of a sweep, whose action starts the workflow `Sweep`. Temporal keeps a cron expression only as what it
 * means, so the definition is read from the action's input, not from the specification.
 */
export function scheduleOf(request: SoundSweep, instance: string): Omit<ScheduleOptions, 'scheduleId'> {
  const { name, repo, cron, timezone, jitterMs, overlap, catchupMs } = request
  return {
    spec: { cronExpressions: [cron], timezone, jitter: jitterMs },
    action: {
      type: 'startWorkflow',
      workflowType: 'Sweep',
      workflowId: sweepScheduleId(name),
      taskQueue: TASK_QUEUE,
      args: [request, instance],
      staticSummary: `sweep ${name} of ${repo}`.slice(0, LONGEST_SUMMARY),
    },
    policies: { overlap: POLICIES[overlap], catchupWindow: catchupMs },
  }
}

/** Who asks for a firing wants one: it waits where it would be skipped. */
export const overlapOfTrigger = ({ overlap }: SoundSweep): ScheduleOverlapPolicy =>
  overlap === 'skip' ? ScheduleOverlapPolicy.BUFFER_ONE : POLICIES[overlap]

/** All of them are wanted; at once only where firings may be. */
export const overlapOfBackfill = ({ overlap }: SoundSweep): ScheduleOverlapPolicy =>
  overlap === 'allow' ? ScheduleOverlapPolicy.ALLOW_ALL : ScheduleOverlapPolicy.BUFFER_ALL

/** The request with a change; throws `invalid_input` where it does not hold together any more. */
export function changed(request: SoundSweep, { paused: _, note: __, ...change }: SweepChange): SoundSweep {
  const fields = Object.entries({ ...request, ...change }).filter(([, value]) => value !== null)
  return parseSweepRequest(Object.fromEntries(fields))
}
