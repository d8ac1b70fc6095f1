import {
  type Connection,
  ScheduleAlreadyRunning,
  ScheduleClient,
  type ScheduleOptions,
  type ScheduleOptionsStartWorkflowAction,
  ScheduleOverlapPolicy,
} from '@temporalio/client'
import type { Workflow } from '@temporalio/common'
import type { Logger } from 'pino'
import { TASK_QUEUE } from '../contract/index.ts'
import type { Executors } from '../executors/executor.ts'

export const JANITOR = 'commit-suite-janitor'

// MAINTENANCE: workflows/janitor.ts is what it starts.
const SCHEDULE = {
  scheduleId: JANITOR,
  spec: { intervals: [{ every: '1 hour' }] },
  action: {
    type: 'startWorkflow',
    workflowType: 'Janitor',
    workflowId: JANITOR,
    taskQueue: TASK_QUEUE,
    args: [],
    // Without a worker it waits: no longer than until the next one.
    workflowExecutionTimeout: '1 hour',
  },
  // What was missed while nothing ran needs no catching up: one collection does the work of all.
  policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' },
} satisfies ScheduleOptions<ScheduleOptionsStartWorkflowAction<Workflow>>

/**
 * Makes the hourly schedule of the workflow `Janitor`, or brings the one that is there up to date; one that somebody
 * paused stays so. False where the server refuses (some installations keep schedules to their administrators):
 * `commit-suite gc` does the same by hand.
 */
export async function ensureJanitorSchedule(connection: Connection, namespace: string): Promise<boolean> {
  const client = new ScheduleClient({ connection, namespace })
  const { scheduleId: _id, ...schedule } = SCHEDULE
  try {
    await client.create(SCHEDULE)
    return true
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) return false
  }
  try {
    await client.getHandle(JANITOR).update(({ state: { paused, note } }) => ({
      ...schedule,
      state: { paused, ...(note !== undefined && { note }) },
    }))
    return true
  } catch {
    return false
  }
}

/**
 * The executors, and with the first use of the one for pods the schedule, or at once where records are removed by age
 * (`always`): who keeps them for ever and never runs anything in a cluster has none, and no cluster of theirs is ever
 * asked.
 */
export function withJanitor(
  executors: Executors,
  {
    connection,
    namespace,
    log,
    always = false,
  }: { connection: Connection; namespace: string; log: Logger; always?: boolean },
): Executors {
  let asked = always
  const schedule = async (): Promise<void> => {
    if (!(await ensureJanitorSchedule(connection, namespace)))
      log.warn({ schedule: JANITOR }, 'not scheduled: `commit-suite gc` removes environments and old records')
  }
  if (always) void schedule()
  return {
    of(name) {
      if (name === 'kubernetes' && !asked) {
        asked = true
        void schedule()
      }
      return executors.of(name)
    },
  }
}
