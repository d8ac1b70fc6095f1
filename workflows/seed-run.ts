import { isCancellation } from '@temporalio/workflow'
import { recordRunError, runActivities } from './activities.ts'
import type { RunInput, RunOutcome } from './api.ts'
import { faultOf } from './fault.ts'

/**
 * One run: a commit under one seed. The activity returns the recorded result if there is one, else makes it;
 * what infrastructure could not carry through is recorded as `error`, so that every run has one result.
 * Costs 11 events.
 */
export async function SeedRun(input: RunInput): Promise<RunOutcome> {
  const { taskQueue, timeoutMs, waitMs = 0, lane, ...run } = input
  try {
    return await runActivities(taskQueue, waitMs + timeoutMs).runSeed({
      ...run,
      ...(lane === undefined ? {} : { lane }),
    })
  } catch (error) {
    if (isCancellation(error)) throw error
    return await recordRunError({ run, fault: faultOf(error) })
  }
}
