import type { Database } from '../write.ts'
import type { DayCounts } from './history-store.ts'
import { memberSets } from './member-sets.ts'
import type { Scope } from './scope.ts'

/** Days on which some tests of a repository ran, oldest first, by test. */
export async function readDays(
  db: Database,
  {
    repo,
    tests,
    since = '',
    scope,
  }: { repo: string; tests: readonly number[]; since?: string | undefined; scope: Scope },
): Promise<Map<number, DayCounts[]>> {
  const runs = await runsByDay(db, { repo, since, scope })
  const members = await memberSets(db, [...new Set(runs.map(({ set }) => set))], new Set(tests))
  const days = new Map(tests.map((test) => [test, new Map<string, DayCounts>()]))
  for (const { day, set, runs: count } of runs) {
    for (const test of members.get(set) ?? []) {
      const known = days.get(test)?.get(day) ?? { day, runs: 0, failures: 0 }
      days.get(test)?.set(day, known)
      known.runs += Number(count)
    }
  }
  for (const { test, day, failed } of await failuresByDay(db, { tests, since, scope })) {
    const known = days.get(test)?.get(day)
    if (known !== undefined) known.failures = Number(failed)
  }
  const ran = (of: Map<string, DayCounts>) => [...of.values()].filter((day) => day.runs > 0)
  return new Map([...days].map(([test, of]) => [test, ran(of).toSorted((a, b) => (a.day < b.day ? -1 : 1))]))
}

const runsByDay = (db: Database, { repo, since, scope }: { repo: string; since: string; scope: Scope }) =>
  db
    .selectFrom('history_days')
    .select((eb) => ['day', 'ran_set as set', eb.fn.sum<number | bigint | string>(scope.runs).as('runs')])
    .where('repo', '=', repo)
    .where('day', '>=', since)
    .$if(scope.owners !== undefined, (query) => query.where('owner', 'in', scope.owners ?? []))
    .groupBy(['day', 'ran_set'])
    .execute()

const failuresByDay = (
  db: Database,
  { tests, since, scope }: { tests: readonly number[]; since: string; scope: Scope },
) =>
  db
    .selectFrom('history_failures')
    .select((eb) => ['test', 'day', eb.fn.sum<number | bigint | string>(scope.failed).as('failed')])
    .where('test', 'in', tests)
    .where('day', '>=', since)
    .$if(scope.owners !== undefined, (query) => query.where('owner', 'in', scope.owners ?? []))
    .groupBy(['test', 'day'])
    .execute()
