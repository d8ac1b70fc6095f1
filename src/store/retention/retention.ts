import { sql } from 'kysely'
import { isOpen, SUITE_STATUSES } from '../../contract/index.ts'
import { takeNumbers } from '../events.ts'
import { foldSuite } from '../history/pending.ts'
import { removeSuiteRows } from '../remove.ts'
import type { ArtifactStore } from '../store.ts'
import { type Database, write } from '../write.ts'

export interface RetentionCutoffs {
  /** Suites that ended before go with all that belongs to them but the history of their tests; undefined for none. */
  resultsBefore?: string | undefined
  /** Logs and artifacts of suites that ended before go; undefined for none. */
  logsBefore?: string | undefined
}

export interface Expired {
  suite: string
  what: 'suite' | 'logs'
}

export interface RetentionStore {
  /** What is to be removed, oldest first; suites of a search or an isolation that is open are not. */
  expired(cutoffs: RetentionCutoffs, limit: number): Promise<Expired[]>
  /** Removes it in steps; an interrupted removal is completed by the next. False where the suite was reopened meanwhile. */
  remove(expired: Expired): Promise<boolean>
}

const OPEN = ['queued', 'running'] as const
const ENDED = SUITE_STATUSES.filter((status) => !isOpen(status))

export const retentionStore = (db: Database, artifacts: ArtifactStore): RetentionStore => ({
  async expired({ resultsBefore, logsBefore }, limit) {
    const suites = resultsBefore === undefined ? [] : await endedSuites(db, resultsBefore, limit, false)
    const known = new Set(suites)
    const logs = logsBefore === undefined ? [] : await endedSuites(db, logsBefore, limit, true)
    return [
      ...suites.map((suite) => ({ suite, what: 'suite' as const })),
      ...logs.filter((suite) => !known.has(suite)).map((suite) => ({ suite, what: 'logs' as const })),
    ].slice(0, limit)
  },

  async remove({ suite, what }) {
    // What is not counted yet would be lost to the history.
    if (what === 'suite') await foldSuite(db, suite)
    if (!(await claim(db, suite, what))) return false
    await artifacts.removeSuite(suite)
    if (what === 'suite') await removeSuiteRows(db, suite)
    else await removeLogRows(db, suite)
    return true
  },
})

async function endedSuites(db: Database, before: string, limit: number, withLogs: boolean): Promise<string[]> {
  const rows = await db
    .selectFrom('suites')
    .select('id')
    .where('finished_at', '<', before)
    .where('status', 'in', ENDED)
    .$if(withLogs, (query) => query.where('logs_removed', 'is', null))
    .where((eb) => {
      const { ref } = eb
      const search = eb
        .selectFrom('searches')
        .select('searches.id')
        .where(ref('suites.part_of'), '=', sql<string>`'search/' || ${sql.ref('searches.id')}`)
        .where('searches.status', 'in', OPEN)
      const isolation = eb
        .selectFrom('isolations')
        .select('isolations.id')
        .where(ref('suites.part_of'), '=', sql<string>`'isolation/' || ${sql.ref('isolations.id')}`)
        .where('isolations.status', 'in', OPEN)
      return eb.or([
        eb('suites.part_of', 'is', null),
        eb.and([eb.not(eb.exists(search)), eb.not(eb.exists(isolation))]),
      ])
    })
    .orderBy('finished_at')
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}

/** False where it is open. A suite that goes as a whole cannot be extended from now on. */
async function claim(db: Database, suite: string, what: Expired['what']): Promise<boolean> {
  return await write(db, async (trx) => {
    // Locks the suite against an extension.
    await takeNumbers(trx, suite, 0)
    const { numUpdatedRows } = await trx
      .updateTable('suites')
      .set({ expired: what === 'suite' ? 1 : null })
      .where('id', '=', suite)
      .where('status', 'in', ENDED)
      .executeTakeFirst()
    return numUpdatedRows === 1n
  })
}

/** Results stay, and name no artifact any more. A commit at a time: other writers wait for each step. */
async function removeLogRows(db: Database, suite: string): Promise<void> {
  const lanes = await db.selectFrom('results').select('sha').distinct().where('suite', '=', suite).execute()
  for (const { sha } of lanes) {
    await db.deleteFrom('log_chunks').where('suite', '=', suite).where('sha', '=', sha).execute()
    await db.deleteFrom('log_artifacts').where('suite', '=', suite).where('sha', '=', sha).execute()
    await db
      .updateTable('results')
      .set({ artifacts: '[]' })
      .where('suite', '=', suite)
      .where('sha', '=', sha)
      .where('artifacts', '!=', '[]')
      .execute()
  }
  // Last of all: what was interrupted is found again.
  await db.updateTable('suites').set({ logs_removed: 1 }).where('id', '=', suite).where('status', 'in', ENDED).execute()
}
