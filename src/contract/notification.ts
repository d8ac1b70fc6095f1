import { z } from 'zod'

/** `pending` until it is delivered, was not wanted after all (`skipped`), or is given up (`failed`). */
const NOTIFICATION_STATUSES = ['pending', 'sent', 'skipped', 'failed'] as const
export const notificationStatusSchema = z.enum(NOTIFICATION_STATUSES)
export type NotificationStatus = z.infer<typeof notificationStatusSchema>

/** What became of telling one target of one end of a suite. */
export const notificationSchema = z.object({
  target: z.string(),
  /** The extension that the suite ended with; 0 where it was not extended. */
  extension: z.int(),
  status: notificationStatusSchema,
  /** Where it stands, or why it does not; null while it is pending. */
  detail: z.string().nullable(),
  /** Of the status. */
  at: z.string(),
})
export type Notification = z.infer<typeof notificationSchema>
