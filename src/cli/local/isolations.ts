import type { IsolationEvent } from '../../contract/index.ts'
import { isolationNotFound } from '../../store/isolations/not-found.ts'
import { isolationReport } from '../../store/isolations/report.ts'
import type { Store } from '../../store/store.ts'
import { type EventRecord, followRecord, untilClosed } from '../progress/follow-record.ts'
import type { Isolations } from '../site/site.ts'

/** Isolations on the record of this machine. */
export const ownIsolations = ({ isolations }: Store): Isolations => ({
  async get(id) {
    const isolation = await isolations.get(id)
    return isolation === undefined ? undefined : { id, status: isolation.status, secretEnv: isolation.spec.secretEnv }
  },
  async newestOpen() {
    const [newest] = await isolations.list({ status: ['queued', 'running'], limit: 1 })
    return newest?.id
  },
  async report(id) {
    const isolation = await isolations.get(id)
    if (isolation === undefined) throw isolationNotFound(id)
    return await isolationReport({ isolations }, isolation)
  },
  follow: (id, options) => followRecord(recordOf(isolations, id), options),
  untilEnded: (id) => untilClosed(recordOf(isolations, id)),
})

const recordOf = (isolations: Store['isolations'], id: string): EventRecord<IsolationEvent> => ({
  status: async () => (await isolations.get(id))?.status,
  read: (after, limit) => isolations.readEvents(id, after, limit),
})
