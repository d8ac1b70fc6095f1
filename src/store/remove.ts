import { jobCursor } from './stream-cursors.ts'
import { removeUnusedTests } from './tests/remove-tests.ts'
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
  await db.deleteFrom('failure_messages').where('suite', '=', suite).execute()
  const repo = await removeSuiteRow(db, suite)
  if (repo !== undefined) await removeUnusedTests(db, repo)
}

/** Returns the repository of the suite; undefined where it is gone already. */
async function removeSuiteRow(db: Database, suite: string): Promise<string | undefined> {
  return await write(db, async (trx) => {
    const removed = await trx
      .deleteFrom('suites')
      .where('id', '=', suite)
      .returning(['repo', 'endpoint', 'owner'])
      .executeTakeFirst()
    if (removed === undefined || removed.endpoint === null) return removed?.repo
    const cursor = jobCursor({ id: suite, endpoint: removed.endpoint, owner: removed.owner })
    await trx.deleteFrom('stream_cursors').where('job', '=', cursor).execute()
    return removed.repo
  })
}
