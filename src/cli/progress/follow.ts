import type { SuiteEvent } from '../../contract/index.ts'
import type { Store } from '../../store/store.ts'
import type { FollowOptions } from '../site/site.ts'
import { followRecord } from './follow-record.ts'

/** Pages of a suite's events as they come in, until the suite has ended and all is read. */
export const followEvents = (store: Store, suite: string, options: FollowOptions): AsyncGenerator<SuiteEvent[]> =>
  followRecord(
    {
      status: async () => (await store.suites.get(suite))?.status,
      read: (after, limit) => store.events.read(suite, after, limit),
      // An extension came in between.
      isReopened,
    },
    options,
  )

const isReopened = (page: readonly SuiteEvent[]): boolean =>
  page.findLast(({ type }) => type === 'suite.started' || type === 'suite.finished')?.type === 'suite.started'
