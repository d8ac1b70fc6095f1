import { type NewSuiteEvent, type SuiteEvent, type SuiteEventType, suiteEventSchema } from '../contract/index.ts'
import type { EventStore } from './store.ts'
import { type Database, suiteNotFound, type Write, write } from './write.ts'

/**
 * Takes the next `count` numbers of a suite and returns the last of them. The counter's row stays locked until the
 * transaction ends, so numbers become visible in their order. Throws `suite_not_found`.
 */
export async function takeNumbers(trx: Write, suite: string, count: number): Promise<number> {
  const row = await trx
    .updateTable('event_counters')
    .set((eb) => ({ last_seq: eb('last_seq', '+', count) }))
    .where('suite', '=', suite)
    .returning('last_seq')
    .executeTakeFirst()
  if (row === undefined) throw suiteNotFound(suite)
  return row.last_seq
}

/** Gives back what `takeNumbers` took last in the same transaction. */
export async function returnNumbers(trx: Write, suite: string, count: number): Promise<void> {
  await takeNumbers(trx, suite, -count)
}

export function eventRow(event: NewSuiteEvent, seq: number, at: string) {
  const { suite, type, subject, ordinal, data } = event
  return { suite, seq, type, subject, ordinal, at, data: JSON.stringify(data) }
}

/** Appends within a transaction; an event already on record keeps its number and leaves no gap. */
export async function appendEvent(trx: Write, event: NewSuiteEvent): Promise<{ seq: number; appended: boolean }> {
  const seq = await takeNumbers(trx, event.suite, 1)
  const inserted = await trx
    .insertInto('events')
    .values(eventRow(event, seq, new Date().toISOString()))
    .onConflict((conflict) => conflict.columns(['suite', 'type', 'subject', 'ordinal']).doNothing())
    .executeTakeFirst()
  if (inserted.numInsertedOrUpdatedRows === 1n) return { seq, appended: true }
  await returnNumbers(trx, event.suite, 1)
  const old = await trx
    .selectFrom('events')
    .select('seq')
    .where('suite', '=', event.suite)
    .where('type', '=', event.type)
    .where('subject', '=', event.subject)
    .where('ordinal', '=', event.ordinal)
    .executeTakeFirstOrThrow()
  return { seq: old.seq, appended: false }
}

const OF_COMMITS_AND_RUNS: SuiteEventType[] = [
  'commit.resolved',
  'environment.step',
  'run.started',
  'run.waiting',
  'run.retried',
  'run.finished',
]

const parseRow = (row: { data: string }): SuiteEvent => suiteEventSchema.parse({ ...row, data: JSON.parse(row.data) })

export function eventStore(db: Database): EventStore {
  return {
    append: (event) => write(db, (trx) => appendEvent(trx, event)),

    async read(suite, after, limit): Promise<SuiteEvent[]> {
      const rows = await db
        .selectFrom('events')
        .select(['seq', 'type', 'suite', 'at', 'data'])
        .where('suite', '=', suite)
        .where('seq', '>', after)
        .orderBy('seq')
        .limit(limit)
        .execute()
      return rows.map(parseRow)
    },

    async about(suite, subjects): Promise<SuiteEvent[]> {
      const rows = await db
        .selectFrom('events')
        .select(['seq', 'type', 'suite', 'at', 'data'])
        .where('suite', '=', suite)
        // All types by name: the index begins with them.
        .where('type', 'in', OF_COMMITS_AND_RUNS)
        .where('subject', 'in', subjects)
        .orderBy('seq')
        .execute()
      return rows.map(parseRow)
    },

    async lastSeq(suite) {
      const row = await db.selectFrom('event_counters').select('last_seq').where('suite', '=', suite).executeTakeFirst()
      return row?.last_seq ?? 0
    },

    async has(suite, type) {
      const row = await db
        .selectFrom('events')
        .select('seq')
        .where('suite', '=', suite)
        .where('type', '=', type)
        .limit(1)
        .executeTakeFirst()
      return row !== undefined
    },

    async lastOrdinal(suite, type, subject) {
      const { last } = await db
        .selectFrom('events')
        .select((eb) => eb.fn.max('ordinal').as('last'))
        .where('suite', '=', suite)
        .where('type', '=', type)
        .where('subject', '=', subject)
        .executeTakeFirstOrThrow()
      return last ?? 0
    },
  }
}
