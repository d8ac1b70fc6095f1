import type { Database } from './write.ts'

export interface UnfinishedQuery {
  suite: string
  sha: string
  /** Only attempts above this one and below `below`. */
  after: number
  below: number
  /** Runs that ended `error` or `cancelled` count as unfinished, in their next generation. */
  errors: boolean
  limit: number
}

/** Runs of a commit that have no result yet, or none that counts as one, by attempt. */
export async function readUnfinished(
  db: Database,
  { suite, sha, after, below, errors, limit }: UnfinishedQuery,
): Promise<{ attempt: number; generation: number }[]> {
  const rows = await db
    .selectFrom('suite_seeds as asked')
    .leftJoin('results as newest', (join) =>
      join
        .onRef('newest.suite', '=', 'asked.suite')
        .onRef('newest.attempt', '=', 'asked.attempt')
        .on('newest.sha', '=', sha)
        .on('newest.superseded', '=', 0),
    )
    .select(['asked.attempt', 'newest.generation'])
    .where('asked.suite', '=', suite)
    .where('asked.attempt', '>', after)
    .where('asked.attempt', '<', below)
    .where((eb) => {
      const missing = eb('newest.outcome', 'is', null)
      return errors ? eb.or([missing, eb('newest.outcome', 'in', ['error', 'cancelled'])]) : missing
    })
    .orderBy('asked.attempt')
    .limit(limit)
    .execute()
  return rows.map(({ attempt, generation }) => ({ attempt, generation: generation === null ? 0 : generation + 1 }))
}
