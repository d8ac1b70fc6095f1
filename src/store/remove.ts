import { type Database, write } from './write.ts'

/** Rows that one transaction deletes: other writers wait for it. */
const EVENTS_PER_STEP = 5_000

/**
 * Deletes what belongs to a suite in steps, the suite itself last: an interrupted removal is completed by the next,
 * and what a straggler wrote meanwhile goes with the suite's row (foreign keys).
 */
export async function removeSuiteRows(db: Database, suite: string): Promise<void> {
  const counter = await db.selectFrom('event_counters').select('last_seq').where('suite', '=', suite).executeTakeFirst()
  for (let seq = 0; seq < (counter?.last_seq ?? 0); seq += EVENTS_PER_STEP) {
    await db
      .deleteFrom('events')
      .where('suite', '=', suite)
      .where('seq', '<=', seq + EVENTS_PER_STEP)
      .execute()
  }
  const lanes = await db.selectFrom('results').select('sha').distinct().where('suite', '=', suite).execute()
  for (const { sha } of lanes) {
    await db.deleteFrom('log_chunks').where('suite', '=', suite).where('sha', '=', sha).execute()
    await db.deleteFrom('results').where('suite', '=', suite).where('sha', '=', sha).execute()
  }
  await write(db, (trx) => trx.deleteFrom('suites').where('id', '=', suite).execute())
}
