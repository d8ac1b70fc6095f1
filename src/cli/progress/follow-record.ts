import { setTimeout as sleep } from 'node:timers/promises'
import { isOpen, type SuiteStatus } from '../../contract/index.ts'
import type { FollowOptions } from '../site/site.ts'

const POLL_MS = 150
const PAGE = 1_000

/** Something that is worked on and has numbered events. */
export interface EventRecord<E> {
  /** Undefined where it is not on record. */
  status(): Promise<SuiteStatus | undefined>
  /** Events with a number above `after`, in order. */
  read(after: number, limit: number): Promise<E[]>
  /** Whether a last page says that it goes on after an end that was on record; never where this is absent. */
  isReopened?(page: readonly E[]): boolean
}

/** Pages of events as they come in, until what they are of has ended and all is read. */
export async function* followRecord<E extends { seq: number }>(
  record: EventRecord<E>,
  { after = 0, signal, assertAlive }: FollowOptions,
): AsyncGenerator<E[]> {
  let cursor = after
  while (signal?.aborted !== true) {
    // The status is read before the events: once it says closed, the page after it is the last, unless it was opened
    // again in between.
    const status = await record.status()
    const page = await record.read(cursor, PAGE)
    cursor = page.at(-1)?.seq ?? cursor
    if (page.length > 0) yield page
    if (page.length === PAGE) continue
    if (status !== undefined && !isOpen(status) && record.isReopened?.(page) !== true) return
    if (status === undefined) await assertAlive?.()
    await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
  }
}

/** No event has a number that high. */
const BEYOND_ALL = Number.MAX_SAFE_INTEGER

/** Waits until it has ended. */
export async function untilClosed<E extends { seq: number }>(record: EventRecord<E>): Promise<void> {
  for await (const _ of followRecord(record, { after: BEYOND_ALL })) {
    // Nothing comes.
  }
}
