import type { SuiteSpec } from '../../contract/index.ts'
import { decodeIds } from '../tests/id-set.ts'
import type { Database } from '../write.ts'
import { conditionsOf } from './conditions.ts'

/** Seeds of any owner: what was run is run, whoever may look at it. */
export async function seedsAt(db: Database, { sha, spec }: { sha: string; spec: SuiteSpec }): Promise<Set<number>> {
  const rows = await db
    .selectFrom('history_seeds')
    .innerJoin('history_commits', 'history_commits.id', 'history_seeds.commit_id')
    .select('seeds')
    .where('history_commits.repo', '=', spec.repo)
    .where('history_commits.sha', '=', sha)
    .where('conditions', '=', conditionsOf(spec))
    .execute()
  return new Set(rows.flatMap(({ seeds }) => decodeIds(seeds)))
}
