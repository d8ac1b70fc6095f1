import {
  type IsolationEvent,
  type IsolationStatus,
  isolationEventSchema,
  type NewIsolationEvent,
} from '../../contract/index.ts'
import type { Database, Write } from '../write.ts'
import { isolationNotFound } from './not-found.ts'

/** Locks an isolation against its other writers until the transaction ends, and tells how it stands. */
export async function lockIsolation(trx: Write, id: string): Promise<IsolationStatus> {
  const row = await trx
    .updateTable('isolations')
    .set((eb) => ({ last_seq: eb.ref('last_seq') }))
    .where('id', '=', id)
    .returning('status')
    .executeTakeFirst()
  if (row === undefined) throw isolationNotFound(id)
  return row.status
}

/**
 * Appends within a transaction; false where (isolation, type, ordinal) is on record. The isolation's row stays locked
 * until the transaction ends, so numbers become visible in their order. Throws `isolation_not_found`.
 */
export async function appendIsolationEvent(
  trx: Write,
  { isolation, type, ordinal, data }: NewIsolationEvent,
): Promise<boolean> {
  const row = await trx
    .updateTable('isolations')
    .set((eb) => ({ last_seq: eb('last_seq', '+', 1) }))
    .where('id', '=', isolation)
    .returning('last_seq')
    .executeTakeFirst()
  if (row === undefined) throw isolationNotFound(isolation)
  const { last_seq: seq } = row
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('isolation_events')
    .values({ isolation, seq, type, ordinal, at: new Date().toISOString(), data: JSON.stringify(data) })
    .onConflict((conflict) => conflict.columns(['isolation', 'type', 'ordinal']).doNothing())
    .executeTakeFirst()
  if (numInsertedOrUpdatedRows === 1n) return true
  await trx
    .updateTable('isolations')
    .set({ last_seq: seq - 1 })
    .where('id', '=', isolation)
    .execute()
  return false
}

export async function readIsolationEvents(
  db: Database,
  isolation: string,
  after: number,
  limit: number,
): Promise<IsolationEvent[]> {
  const rows = await db
    .selectFrom('isolation_events')
    .select(['seq', 'type', 'isolation as suite', 'at', 'data'])
    .where('isolation', '=', isolation)
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(limit)
    .execute()
  return rows.map((row) => isolationEventSchema.parse({ ...row, data: JSON.parse(row.data) }))
}
