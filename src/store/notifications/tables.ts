import type { NotificationStatus } from '../../contract/index.ts'

/** Table of what became of telling targets; a suite's rows go with it. */
export interface NotificationTables {
  notifications: NotificationTable
}

interface NotificationTable {
  suite: string
  target: string
  extension: number
  status: NotificationStatus
  detail: string | null
  /** Of the status. */
  at: string
}
