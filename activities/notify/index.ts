import type { ActivityDeps } from '../deps.ts'
import type { NotifyActivities } from './api.ts'
import { deliverNotification } from './deliver-notification.ts'
import { planNotification } from './plan-notification.ts'

export type NotifyDeps = Pick<ActivityDeps, 'store' | 'secrets' | 'notifyFile'>

/** What the workflow `Notify` calls, bound to what it works with. */
export function createNotifyActivities(deps: NotifyDeps): NotifyActivities {
  return {
    planNotification: (input) => planNotification(deps, input),
    deliverNotification: (input) => deliverNotification(deps, input),
    async endNotification({ status, detail, ...key }) {
      await deps.store.notifications.end(key, status, detail)
    },
  }
}
