import { type Database, insertSlices } from '../write.ts'

/** Those of the seeds that suites of a repository have, whatever became of their runs. */
export async function seedsInUse(db: Database, repo: string, seeds: readonly number[]): Promise<Set<number>> {
  const used = new Set<number>()
  for (const slice of insertSlices(seeds)) {
    const rows = await db
      .selectFrom('suite_seeds')
      .innerJoin('suites', 'suites.id', 'suite_seeds.suite')
      .select('suite_seeds.seed')
      .where('suites.repo', '=', repo)
      .where('suite_seeds.seed', 'in', slice)
      .execute()
    for (const { seed } of rows) used.add(seed)
  }
  return used
}
