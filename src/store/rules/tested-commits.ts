import type { Database } from '../write.ts'

export interface TestedCommit {
  suite: string
  sha: string
}

/** More than that many have no need to be looked at: 299 runs of one each decide. */
const MOST = 500

/** The newest commit of a suite, by its own date; undefined where it has none yet. */
export async function newestCommit(db: Database, suite: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('commits')
    .select('sha')
    .where('suite', '=', suite)
    .orderBy('committed_at', 'desc')
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.sha
}

/**
 * A commit and those before it by their dates, of all suites of the repository that have reports of their tests; newest
 * first, and of one commit the newest suite first.
 */
export async function testedUpTo(db: Database, { suite, sha }: TestedCommit): Promise<TestedCommit[]> {
  const at = await db
    .selectFrom('commits')
    .innerJoin('suites', 'suites.id', 'commits.suite')
    .select(['repo', 'committed_at'])
    .where('suite', '=', suite)
    .where('sha', '=', sha)
    .executeTakeFirst()
  if (at === undefined) return []
  return await db
    .selectFrom('commits')
    .innerJoin('suites', 'suites.id', 'commits.suite')
    .select(['commits.suite', 'commits.sha'])
    .where('suites.repo', '=', at.repo)
    .where('commits.committed_at', '<=', at.committed_at)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('results')
          .select('results.attempt')
          .whereRef('results.suite', '=', 'commits.suite')
          .whereRef('results.sha', '=', 'commits.sha')
          .where('results.ran_set', 'is not', null),
      ),
    )
    .orderBy('commits.committed_at', 'desc')
    .orderBy('suites.created_at', 'desc')
    .limit(MOST)
    .execute()
}
