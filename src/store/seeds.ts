import { type Database, insertSlices, type Write } from './write.ts'

/** Stores the seeds of a new suite, the attempt being the position. */
export async function storeSeeds(trx: Write, suite: string, seeds: readonly number[]): Promise<void> {
  const rows = seeds.map((seed, attempt) => ({ suite, attempt, seed }))
  for (const slice of insertSlices(rows)) await trx.insertInto('suite_seeds').values(slice).execute()
}

export async function readSeeds(db: Database, suite: string, from: number, to: number): Promise<number[]> {
  const rows = await db
    .selectFrom('suite_seeds')
    .select('seed')
    .where('suite', '=', suite)
    .where('attempt', '>=', from)
    .where('attempt', '<', to)
    .orderBy('attempt')
    .execute()
  return rows.map((row) => row.seed)
}
