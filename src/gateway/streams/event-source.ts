import { type IsolationEvent, isOpen, type SearchEvent, type SuiteEvent } from '../../contract/index.ts'
import type { RecordReader } from '../../store/store.ts'

/** The events of a suite, a search or an isolation as they are on record. */
export interface EventSource {
  /** Those with a higher number than `after`, in order. */
  read(after: number, limit: number): Promise<(SuiteEvent | SearchEvent | IsolationEvent)[]>
  /** Number of the newest. */
  lastSeq(): Promise<number>
  /** Whether it has ended, or is not on record any more. */
  isOver(): Promise<boolean>
}

export const suiteEvents =
  (store: Pick<RecordReader, 'events' | 'suites'>) =>
  (suite: string): EventSource => ({
    read: (after, limit) => store.events.read(suite, after, limit),
    lastSeq: () => store.events.lastSeq(suite),
    async isOver() {
      const stored = await store.suites.get(suite)
      return stored === undefined || !isOpen(stored.status)
    },
  })

export const searchEvents =
  ({ searches }: Pick<RecordReader, 'searches'>) =>
  (search: string): EventSource => ({
    read: (after, limit) => searches.readEvents(search, after, limit),
    lastSeq: () => searches.lastSeq(search),
    async isOver() {
      const stored = await searches.get(search)
      return stored === undefined || !isOpen(stored.status)
    },
  })

export const isolationEvents =
  ({ isolations }: Pick<RecordReader, 'isolations'>) =>
  (isolation: string): EventSource => ({
    read: (after, limit) => isolations.readEvents(isolation, after, limit),
    lastSeq: () => isolations.lastSeq(isolation),
    async isOver() {
      const stored = await isolations.get(isolation)
      return stored === undefined || !isOpen(stored.status)
    },
  })
