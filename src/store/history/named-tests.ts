import type { ExpressionBuilder } from 'kysely'
import type { Schema } from '../schema.ts'
import type { Database } from '../write.ts'
import type { TestsQuery } from './history-store.ts'
import type { TestCursor } from './list-cursor.ts'
import type { Scope } from './scope.ts'

type Place = Extract<TestCursor, { by: 'name' }>

/** Tests by repository and name, with those that failed or without; `next` is the place of the last one. */
export async function testsByName(
  db: Database,
  { repo, flaky, since, limit }: Pick<TestsQuery, 'repo' | 'flaky' | 'since' | 'limit'>,
  { scope, after, failing }: { scope: Scope; after: Place | undefined; failing: 'too' | 'not' },
): Promise<{ tests: number[]; next: Place | undefined }> {
  const rows = await db
    .selectFrom('tests')
    .select(['tests.id', 'tests.repo', 'tests.name'])
    .$if(repo !== undefined, (query) => query.where('tests.repo', '=', repo ?? ''))
    .$if(after !== undefined, (query) => query.where((eb) => isBehind(eb, after)))
    .where((eb) => {
      const rowsOf = () =>
        eb
          .selectFrom('history_tests')
          .select('history_tests.test')
          .whereRef('history_tests.test', '=', 'tests.id')
          .$if(scope.owners !== undefined, (query) => query.where('owner', 'in', scope.owners ?? []))
      const seen = rowsOf().where(scope.runs, '>', 0)
      const seenLately = since === undefined ? seen : seen.where('last_seen', '>=', since)
      const flakyRows = rowsOf().where(scope.flaky, '=', 1)
      return eb.and([
        eb.exists(seenLately),
        ...(flaky === undefined ? [] : [flaky ? eb.exists(flakyRows) : eb.not(eb.exists(flakyRows))]),
        ...(failing === 'too' ? [] : [eb.not(eb.exists(rowsOf().where(scope.failed, '>', 0)))]),
      ])
    })
    .orderBy('tests.repo')
    .orderBy('tests.name')
    .limit(limit)
    .execute()
  const last = rows.at(-1)
  return {
    tests: rows.map(({ id }) => id),
    next: last === undefined ? after : { by: 'name', repo: last.repo, name: last.name },
  }
}

/** The first condition bounds what the index reads. */
function isBehind(eb: ExpressionBuilder<Schema, 'tests'>, after: Place | undefined) {
  const { repo, name } = after ?? { repo: '', name: '' }
  return eb.and([eb('tests.repo', '>=', repo), eb.or([eb('tests.repo', '>', repo), eb('tests.name', '>', name)])])
}
