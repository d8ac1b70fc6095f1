import { type Database, insertSlices, type Write } from './write.ts'

/** Stores seeds of a suite, those of the attempts from `first` on. */
export async function storeSeeds(trx: Write, suite: string, seeds: readonly number[], first = 0): Promise<void> {
  const rows = seeds.map((seed, at) => ({ suite, attempt: first + at, seed }))
  for (const slice of insertSlices(rows)) await trx.insertInto('suite_seeds').values(slice).execute()
}

/** Before the first run only: results stand for the seeds they were made with. */
export async function replaceSeeds(trx: Write, suite: string, seeds: readonly number[]): Promise<void> {
  await trx.deleteFrom('suite_seeds').where('suite', '=', suite).execute()
  await storeSeeds(trx, suite, seeds)
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
