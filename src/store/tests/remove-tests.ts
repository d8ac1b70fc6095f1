import { type Database, type Write, write } from '../write.ts'
import { takeIds } from './test-ids.ts'

/** Rows that one transaction deletes: other writers wait for it. */
const ROWS_PER_STEP = 5_000
/** Sets before the tests that they hold: whatever the step at which a new suite of the repository ends the removal. */
const TABLES = ['failure_sets', 'test_sets', 'tests'] as const

/**
 * Deletes what is kept of a repository's tests once no suite of it is on record. Where it has a history, names and the
 * sets of tests that ran stay: the history rests on them.
 */
export async function removeUnusedTests(db: Database, repo: string): Promise<void> {
  const commit = await db
    .selectFrom('history_commits')
    .select('id')
    .where('repo', '=', repo)
    .limit(1)
    .executeTakeFirst()
  const unused: readonly (typeof TABLES)[number][] = commit === undefined ? TABLES : ['failure_sets']
  for (const table of unused) {
    for (;;) {
      const deleted = await write(db, (trx) => removeStep(trx, repo, table))
      if (deleted < ROWS_PER_STEP) break
    }
  }
}

async function removeStep(trx: Write, repo: string, table: (typeof TABLES)[number]): Promise<number> {
  // Keeps out those who look which tests and sets are missing, until what goes is gone.
  await takeIds(trx, 0)
  const suite = await trx.selectFrom('suites').select('id').where('repo', '=', repo).limit(1).executeTakeFirst()
  if (suite !== undefined) return 0
  const { numDeletedRows } = await trx
    .deleteFrom(table)
    .where('id', 'in', (eb) => eb.selectFrom(table).select('id').where('repo', '=', repo).limit(ROWS_PER_STEP))
    .executeTakeFirst()
  return Number(numDeletedRows)
}
