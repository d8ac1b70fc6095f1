import { setTimeout as delay } from 'node:timers/promises'
import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity'
import { CommitSuiteError } from '../src/contract/index.ts'
import { wasCancelled } from '../src/executors/was-cancelled.ts'
import type { LaneHolds } from './lane-holds.ts'

const BEAT_MS = 1000

/**
 * Beats until it is cancelled or its worker stops: as long as it does, this host can be worked on. Cancelled, it passes
 * that on to the runs of its lane. Throws `host_left` where the host is left for good (`leaving`): the lane then goes
 * elsewhere at once, in place of waiting for a worker to come back.
 */
export async function holdEnvironment(holds: LaneHolds, leaving?: AbortSignal): Promise<void> {
  const signal = cancellationSignal()
  const lane = activityInfo().workflowExecution?.runId ?? ''
  const ending = leaving === undefined ? signal : AbortSignal.any([signal, leaving])
  holds.begin(lane)
  try {
    for (;;) {
      heartbeat()
      await delay(BEAT_MS, undefined, { signal: ending })
    }
  } catch (error) {
    if (leaving?.aborted !== true || signal.aborted) throw error
    throw new CommitSuiteError('host_left', 'The worker of this host ends: the lane goes on elsewhere.')
  } finally {
    if (wasCancelled(signal)) holds.cancel(lane)
    else holds.forget(lane)
  }
}
