import type { Database, Write } from '../write.ts'
import { appendSearchEvent } from './events.ts'
import { batchesOf, outcomesOf } from './round-rows.ts'
import type { RoundDecision, StoredRound } from './search-store.ts'

export async function readRounds(db: Database, search: string): Promise<StoredRound[]> {
  const rows = await db
    .selectFrom('search_rounds')
    .select(['round', 'batches', 'outcomes'])
    .where('search', '=', search)
    .orderBy('round')
    .execute()
  return rows.map(({ round, batches, outcomes }) => ({
    round,
    batches: batchesOf(batches),
    outcomes: outcomesOf(outcomes),
  }))
}

/** The event tells a repeated decision, which changes nothing. */
export async function decideRound(
  trx: Write,
  search: string,
  { round, outcomes, batches, standing, event }: RoundDecision,
): Promise<void> {
  if (!(await appendSearchEvent(trx, event))) return
  await trx
    .updateTable('search_rounds')
    .set({ outcomes: JSON.stringify(outcomes) })
    .where('search', '=', search)
    .where('round', '=', round)
    .execute()
  if (batches !== undefined) {
    await trx
      .insertInto('search_rounds')
      .values({ search, round: round + 1, batches: JSON.stringify(batches), outcomes: null })
      .execute()
  }
  await trx
    .updateTable('searches')
    .set({ standing: JSON.stringify(standing) })
    .where('id', '=', search)
    .execute()
}
