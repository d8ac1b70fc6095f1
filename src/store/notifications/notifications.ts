import type { Notification, NotificationStatus } from '../../contract/index.ts'
import type { Database } from '../write.ts'

/** Of which end of a suite which target is told. */
export interface NotificationKey {
  suite: string
  target: string
  extension: number
}

export interface NotificationReader {
  /** By end, then target. */
  list(suite: string): Promise<Notification[]>
}

export interface NotificationStore extends NotificationReader {
  /** Records it as pending; one that is on record stays as it is. */
  begin(key: NotificationKey): Promise<void>
  end(key: NotificationKey, status: Exclude<NotificationStatus, 'pending'>, detail: string): Promise<void>
  /** Over all suites, of those that are tried still: what is older than their workflows can be has lost its own. */
  countPending(): Promise<number>
}

/** A delivery is tried for a day (MAINTENANCE: workflows/activities.ts). */
const LONGEST_MS = 2 * 24 * 3_600_000

export const notificationStore = (db: Database): NotificationStore => ({
  list: (suite) =>
    db
      .selectFrom('notifications')
      .select(['target', 'extension', 'status', 'detail', 'at'])
      .where('suite', '=', suite)
      .orderBy('extension')
      .orderBy('target')
      .execute(),

  async begin(key) {
    await db
      .insertInto('notifications')
      .values({ ...key, status: 'pending', detail: null, at: new Date().toISOString() })
      .onConflict((conflict) => conflict.columns(['suite', 'target', 'extension']).doNothing())
      .execute()
  },

  async end({ suite, target, extension }, status, detail) {
    await db
      .updateTable('notifications')
      .set({ status, detail, at: new Date().toISOString() })
      .where('suite', '=', suite)
      .where('target', '=', target)
      .where('extension', '=', extension)
      .execute()
  },

  async countPending() {
    const row = await db
      .selectFrom('notifications')
      .select((eb) => eb.fn.countAll<number | string>().as('pending'))
      .where('status', '=', 'pending')
      .where('at', '>', new Date(Date.now() - LONGEST_MS).toISOString())
      .executeTakeFirst()
    return Number(row?.pending ?? 0)
  },
})
