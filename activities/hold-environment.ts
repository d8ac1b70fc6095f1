import { setTimeout as delay } from 'node:timers/promises'
import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity'
import { wasCancelled } from '../src/executors/was-cancelled.ts'
import type { LaneHolds } from './lane-holds.ts'

const BEAT_MS = 1000

/**
 * Beats until it is cancelled or its worker stops: as long as it does, this host can be worked on. Cancelled, it passes
 * that on to the runs of its lane.
 */
export async function holdEnvironment(holds: LaneHolds): Promise<void> {
  const signal = cancellationSignal()
  const lane = activityInfo().workflowExecution?.runId ?? ''
  holds.begin(lane)
  try {
    for (;;) {
      heartbeat()
      await delay(BEAT_MS, undefined, { signal })
    }
  } finally {
    if (wasCancelled(signal)) holds.cancel(lane)
    else holds.forget(lane)
  }
}
