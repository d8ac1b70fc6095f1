/** One end of a suite, and who is told of it. */
export interface NotifyInput {
  suite: string
  target: string
  /** The extension that it ended with; 0 where there was none. */
  extension: number
}

export interface Delivery extends NotifyInput {
  /** Of those that were planned. */
  delivery: string
}

/** As it is put on record. */
export interface NotifyOutcome {
  status: 'sent' | 'skipped' | 'failed'
  detail: string
}

/** What the workflow `Notify` calls. Every one may run again after a crash, with the same effect. */
export interface NotifyActivities {
  /** What there is to deliver; nothing where the target does not want to be told of such an end. */
  planNotification(input: NotifyInput): Promise<{ deliveries: string[] }>
  deliverNotification(input: Delivery): Promise<NotifyOutcome>
  endNotification(input: NotifyInput & NotifyOutcome): Promise<void>
}
