import {
  ResourceBasedController,
  type ResourceBasedSlotsForType,
  type WorkerOptions,
  type WorkerTuner,
} from '@temporalio/worker'
import type { UsageTargets } from '../worker-config.ts'

/** How many tasks of each kind a worker has in hand at once. */
export interface SlotBounds {
  /** At most; of a queue whose tasks take memory and CPU of this machine. */
  activities: number
  /** Whether its activities are small enough to be taken whatever else goes on here. */
  small?: boolean
}

/** Slots and pollers of each worker of this process. */
export type Slots = (bounds: SlotBounds) => Partial<WorkerOptions>

/** As many slots as said, and the pollers of the SDK's own default. */
export const fixedSlots: Slots = ({ activities }) => ({ maxConcurrentActivityTaskExecutions: activities })

/** What the SDK gives by default: no worker has fewer, as what happens next is decided in these. */
const WORKFLOW_TASKS = 40
const LOCAL_ACTIVITIES = 100
const MOST_WORKFLOW_TASKS = 400
/** Between two slots given out: each run has begun to show in the usage before the next one but a few is taken. */
const RAMP = '100 milliseconds'

/**
 * Slots as the targets leave room for, pollers as many as there are tasks for. All workers share one controller, so
 * that the targets are those of the process. What decides and what cleans up never waits for room: a machine that is
 * full of runs could otherwise not end them.
 */
export function slotsByUsage({ memory, cpu }: UsageTargets): Slots {
  const controller = ResourceBasedController.create({ targetMemoryUsage: memory, targetCpuUsage: cpu })
  const byUsage = (minimumSlots: number, maximumSlots: number): ResourceBasedSlotsForType => ({
    type: 'resource-based',
    controller,
    minimumSlots: Math.min(minimumSlots, maximumSlots),
    maximumSlots,
    rampThrottle: RAMP,
  })
  return ({ activities, small = false }) => ({
    tuner: {
      workflowTaskSlotSupplier: byUsage(WORKFLOW_TASKS, MOST_WORKFLOW_TASKS),
      activityTaskSlotSupplier: small ? { type: 'fixed-size', numSlots: activities } : byUsage(1, activities),
      localActivityTaskSlotSupplier: { type: 'fixed-size', numSlots: LOCAL_ACTIVITIES },
      nexusTaskSlotSupplier: { type: 'fixed-size', numSlots: 1 },
    } satisfies WorkerTuner,
    workflowTaskPollerBehavior: { type: 'autoscaling' },
    activityTaskPollerBehavior: { type: 'autoscaling' },
  })
}
