import type { Database } from '../write.ts'
import type { KnownTest } from './history-store.ts'
import type { Scope } from './scope.ts'

type Total = Omit<KnownTest, 'fingerprints' | 'days'>

/** What the rows of some tests add up to; tests that the scope holds nothing of are left out. */
export async function readTotals(db: Database, tests: readonly number[], scope: Scope): Promise<Map<number, Total>> {
  if (tests.length === 0) return new Map()
  const rows = await db
    .selectFrom('history_tests')
    .innerJoin('tests', 'tests.id', 'history_tests.test')
    .select(({ fn }) => [
      ...(['tests.id', 'tests.repo', 'tests.name'] as const),
      fn.sum<number | bigint | string>(scope.runs).as('runs'),
      fn.sum<number | bigint | string>(scope.failed).as('failed'),
      fn.sum<number | bigint | string>(scope.commits).as('commits'),
      fn.max(scope.flaky).as('flaky'),
      fn.min('first_seen').as('firstSeen'),
      fn.max('last_seen').as('lastSeen'),
      fn.min('first_failed').as('firstFailed'),
      fn.max('last_failed').as('lastFailed'),
    ])
    .where('history_tests.test', 'in', tests)
    .$if(scope.owners !== undefined, (query) => query.where('owner', 'in', scope.owners ?? []))
    .groupBy(['tests.id', 'tests.repo', 'tests.name'])
    .execute()
  return new Map(
    rows.flatMap(({ id, repo, name, runs, failed, commits, flaky, ...times }) => {
      const counts = { runs: Number(runs), failures: Number(failed), commits: Number(commits) }
      return counts.runs === 0 ? [] : [[id, { repo, test: name, ...counts, flaky: flaky === 1, ...times }]]
    }),
  )
}
