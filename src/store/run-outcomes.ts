import type { Outcome } from '../contract/index.ts'
import type { Database } from './write.ts'

export interface OutcomeQuery {
  suite: string
  sha: string
  /** Only attempts below this one. */
  below?: number | undefined
}

/** Rows in memory at once; the longest commit has 100,000. */
const PAGE = 5_000

/**
 * How the first runs of a commit ended, by attempt, up to the first that has not ended yet. Of a repeated run the newest
 * generation counts.
 */
export async function readOutcomes(
  db: Database,
  { suite, sha, below }: OutcomeQuery,
): Promise<{ outcome: Outcome; exitCode: number | null }[]> {
  const runs: { outcome: Outcome; exitCode: number | null }[] = []
  for (;;) {
    const page = await db
      .selectFrom('results')
      .select(['attempt', 'outcome', 'exit_code'])
      .where('suite', '=', suite)
      .where('sha', '=', sha)
      .where('superseded', '=', 0)
      .where('attempt', '>=', runs.length)
      .$if(below !== undefined, (query) => query.where('attempt', '<', below ?? 0))
      .orderBy('attempt')
      .limit(PAGE)
      .execute()
    for (const { attempt, outcome, exit_code: exitCode } of page) {
      if (attempt !== runs.length) return runs
      runs.push({ outcome, exitCode })
    }
    if (page.length < PAGE) return runs
  }
}
