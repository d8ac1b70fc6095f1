import { type NewSearchEvent, type SearchEvent, type SearchStatus, searchEventSchema } from '../../contract/index.ts'
import type { Database, Write } from '../write.ts'
import { searchNotFound } from './not-found.ts'

/** Locks a search against its other writers until the transaction ends, and tells how it stands. */
export async function lockSearch(trx: Write, id: string): Promise<SearchStatus> {
  const row = await trx
    .updateTable('searches')
    .set((eb) => ({ last_seq: eb.ref('last_seq') }))
    .where('id', '=', id)
    .returning('status')
    .executeTakeFirst()
  if (row === undefined) throw searchNotFound(id)
  return row.status
}

/**
 * Appends within a transaction; false where (search, type, ordinal) is on record. The search's row stays locked until
 * the transaction ends, so numbers become visible in their order. Throws `search_not_found`.
 */
export async function appendSearchEvent(trx: Write, { search, type, ordinal, data }: NewSearchEvent): Promise<boolean> {
  const row = await trx
    .updateTable('searches')
    .set((eb) => ({ last_seq: eb('last_seq', '+', 1) }))
    .where('id', '=', search)
    .returning('last_seq')
    .executeTakeFirst()
  if (row === undefined) throw searchNotFound(search)
  const event = { search, seq: row.last_seq, type, ordinal, at: new Date().toISOString(), data: JSON.stringify(data) }
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('search_events')
    .values(event)
    .onConflict((conflict) => conflict.columns(['search', 'type', 'ordinal']).doNothing())
    .executeTakeFirst()
  if (numInsertedOrUpdatedRows === 1n) return true
  await trx
    .updateTable('searches')
    .set({ last_seq: row.last_seq - 1 })
    .where('id', '=', search)
    .execute()
  return false
}

export async function readSearchEvents(
  db: Database,
  search: string,
  after: number,
  limit: number,
): Promise<SearchEvent[]> {
  const rows = await db
    .selectFrom('search_events')
    .select(['seq', 'type', 'search as suite', 'at', 'data'])
    .where('search', '=', search)
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(limit)
    .execute()
  return rows.map((row) => searchEventSchema.parse({ ...row, data: JSON.parse(row.data) }))
}
