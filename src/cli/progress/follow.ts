import { setTimeout as sleep } from 'node:timers/promises'
import { isOpen, type SuiteEvent } from '../../contract/index.ts'
import type { Store } from '../../store/store.ts'

const POLL_MS = 150
const PAGE = 1_000

export interface FollowOptions {
  /** Cursor: only events with a higher number are read. */
  after?: number
  /** Ends the reading early, without an error. */
  signal?: AbortSignal
  /** Looks for an end that left nothing on record, while the suite is not on record; throws its reason. */
  assertAlive?: () => Promise<void>
}

/** Pages of a suite's events as they come in, until the suite has ended and all is read. */
export async function* followEvents(store: Store, suite: string, options: FollowOptions): AsyncGenerator<SuiteEvent[]> {
  const { signal, assertAlive } = options
  let cursor = options.after ?? 0
  while (signal?.aborted !== true) {
    // The status is read before the events: once it says closed, the page after it is the last.
    const stored = await store.suites.get(suite)
    const page = await store.events.read(suite, cursor, PAGE)
    cursor = page.at(-1)?.seq ?? cursor
    if (page.length > 0) yield page
    if (page.length === PAGE) continue
    if (stored !== undefined && !isOpen(stored.status)) return
    if (stored === undefined) await assertAlive?.()
    await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
  }
}
