import { condition, getExternalWorkflowHandle, workflowInfo } from '@temporalio/workflow'
import { slotsFreedSignal } from './messages.ts'
import type { RunPool } from './run-pool.ts'

/**
 * While `work` goes on, hands slots that the lane no longer needs to its suite, many with one signal; at most
 * one signal, 3 events, for each slot.
 */
export async function givingSlotsBack<T>(pool: RunPool, sha: string, work: () => Promise<T>): Promise<T> {
  let over = false
  const suite = workflowInfo().parent
  const give = async () => {
    for (;;) {
      await condition(() => over || pool.spareSlots > 0)
      // With nothing in flight the lane is about to end, which frees its slots anyway.
      if (over || suite === undefined || pool.inFlight === 0) return
      const slots = pool.spareSlots
      pool.slots -= slots
      await getExternalWorkflowHandle(suite.workflowId).signal(slotsFreedSignal, { sha, slots })
    }
  }
  // The suite may be gone, or this lane cancelled, which the work notices too; a slot not given costs time only.
  const giving = give().catch(() => undefined)
  try {
    return await work()
  } finally {
    over = true
    await giving
  }
}
