import { CancellationScope, isCancellation } from '@temporalio/workflow'
import type { NotifyInput, NotifyOutcome } from '../activities/notify/api.ts'
import { deliverNotification, endNotification, planNotification } from './activities.ts'
import { faultOf } from './fault.ts'

/**
 * Tells one target of one end of a suite, and puts on record what became of it. Each delivery is tried for a day; one
 * that is refused does not keep the others back. At most 20 deliveries: 140 events, tries leave none.
 */
export async function Notify(input: NotifyInput): Promise<NotifyOutcome> {
  try {
    const outcome = await tell(input)
    await endNotification({ ...input, ...outcome })
    return outcome
  } catch (error) {
    const outcome: NotifyOutcome = { status: 'failed', detail: isCancellation(error) ? 'cancelled' : reasonOf(error) }
    await CancellationScope.nonCancellable(() => endNotification({ ...input, ...outcome }))
    if (isCancellation(error)) throw error
    return outcome
  }
}

async function tell(input: NotifyInput): Promise<NotifyOutcome> {
  const { deliveries } = await planNotification(input)
  const outcomes: NotifyOutcome[] = []
  for (const delivery of deliveries) outcomes.push(await attempt({ ...input, delivery }))
  return (
    outcomes.find(({ status }) => status === 'failed') ??
    outcomes.find(({ status }) => status === 'sent') ??
    outcomes[0] ?? { status: 'skipped', detail: 'the target is not told of such an end' }
  )
}

async function attempt(delivery: NotifyInput & { delivery: string }): Promise<NotifyOutcome> {
  try {
    return await deliverNotification(delivery)
  } catch (error) {
    if (isCancellation(error)) throw error
    return { status: 'failed', detail: reasonOf(error) }
  }
}

const reasonOf = (error: unknown): string => faultOf(error).message
