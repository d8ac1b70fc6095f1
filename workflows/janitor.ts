import { proxyActivities } from '@temporalio/workflow'
import type { JanitorActivities, JanitorReport } from '../activities/collect-environments.ts'

const { collectEnvironments } = proxyActivities<JanitorActivities>({
  startToCloseTimeout: '5 minutes',
  // The schedule comes back in an hour.
  retry: { initialInterval: '5 seconds', maximumAttempts: 3 },
})

/** Removes environments that outlived their time; started every hour by the schedule `commit-suite-janitor`. */
export async function Janitor(): Promise<JanitorReport> {
  return await collectEnvironments()
}
