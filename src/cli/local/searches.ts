import type { SearchEvent } from '../../contract/index.ts'
import { searchNotFound } from '../../store/searches/not-found.ts'
import { searchReport } from '../../store/searches/report.ts'
import type { Store } from '../../store/store.ts'
import { type EventRecord, followRecord, untilClosed } from '../progress/follow-record.ts'
import type { Searches } from '../site/site.ts'

/** Searches on the record of this machine. */
export const ownSearches = ({ searches }: Store): Searches => ({
  async get(id) {
    const search = await searches.get(id)
    return search === undefined ? undefined : { id, status: search.status, secretEnv: search.spec.secretEnv }
  },
  async newestOpen() {
    const [newest] = await searches.list({ status: ['queued', 'running'], limit: 1 })
    return newest?.id
  },
  async report(id) {
    const search = await searches.get(id)
    if (search === undefined) throw searchNotFound(id)
    return searchReport(search)
  },
  follow: (id, options) => followRecord(recordOf(searches, id), options),
  untilEnded: (id) => untilClosed(recordOf(searches, id)),
})

const recordOf = (searches: Store['searches'], id: string): EventRecord<SearchEvent> => ({
  status: async () => (await searches.get(id))?.status,
  read: (after, limit) => searches.readEvents(id, after, limit),
})
