import { CancellationScope, isCancellation } from '@temporalio/workflow'
import { holdActivities } from './activities.ts'
import type { LanePlace } from './api.ts'

/**
 * Does work that only its host can do, while a heartbeating activity holds the host. A host that falls silent
 * ends the work as `host lost`: what waits in its queue would wait for ever. A worker that comes back within a
 * minute takes the hold up again. Costs 5 events.
 */
export async function whileHeld<T>(
  place: LanePlace,
  commit: { suite: string; sha: string },
  work: () => Promise<T>,
): Promise<T | 'host lost'> {
  const working = new CancellationScope()
  const holding = new CancellationScope()
  let lost = false
  const hold = holding
    .run(() => holdActivities(place.controlQueue).holdEnvironment(commit))
    .catch((error: unknown) => {
      if (isCancellation(error)) return
      lost = true
      working.cancel()
    })
  try {
    return await working.run(work)
  } catch (error) {
    if (lost && isCancellation(error)) return 'host lost'
    throw error
  } finally {
    holding.cancel()
    await hold
  }
}
