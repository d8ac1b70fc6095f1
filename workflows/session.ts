import { proxyActivities } from '@temporalio/workflow'
import type { SessionActivities } from '../activities/session.ts'
import type { SessionRequest } from '../src/contract/session.ts'
import type { SessionPlace } from './api.ts'

/** Someone waits for the answer. An earlier namespace of the name may take minutes to go. */
const { ensureSession, findSession } = proxyActivities<SessionActivities>({
  scheduleToCloseTimeout: '5 minutes',
  startToCloseTimeout: '4 minutes',
  heartbeatTimeout: '15 seconds',
  retry: { initialInterval: '500 milliseconds', maximumAttempts: 3 },
})

/**
 * The place of a client's session, apart from any suite: `ensure` makes it or finds it there, `find` only looks. Its
 * input is validated by the activity, whoever started it. 11 events.
 */
export async function Session(request: SessionRequest): Promise<SessionPlace> {
  return request.action === 'ensure' ? await ensureSession(request) : await findSession(request)
}
