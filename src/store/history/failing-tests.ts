import { type ExpressionBuilder, sql } from 'kysely'
import type { Schema } from '../schema.ts'
import type { Database } from '../write.ts'
import type { TestsQuery } from './history-store.ts'
import type { TestCursor } from './list-cursor.ts'
import type { Scope } from './scope.ts'

type Place = Exclude<TestCursor, { by: 'name' }>
type Query = Pick<TestsQuery, 'repo' | 'flaky' | 'since' | 'limit'> & { sort: Place['by'] }

/** Tests that failed, the highest rate or the newest failure first; `next` is the place of the last one. */
export async function testsByFailures(
  db: Database,
  { repo, flaky, since, limit, sort }: Query,
  { scope, after }: { scope: Scope; after: Place | undefined },
): Promise<{ tests: number[]; next: Place | undefined }> {
  const { owners } = scope
  const rows = await db
    .selectFrom('history_tests')
    .select(({ fn }) => [
      'test',
      fn.sum<number | bigint | string>(scope.runs).as('runs'),
      fn.sum<number | bigint | string>(scope.failed).as('failed'),
      fn.max('last_failed').as('lastFailed'),
    ])
    .where('test', 'in', (eb) =>
      eb
        .selectFrom('history_tests as failing')
        .select('failing.test')
        .where('failing.failed', '>', 0)
        .$if(repo !== undefined, (query) => query.where('failing.repo', '=', repo ?? ''))
        .$if(owners !== undefined, (query) => query.where('failing.owner', 'in', owners ?? [])),
    )
    .$if(owners !== undefined, (query) => query.where('owner', 'in', owners ?? []))
    .groupBy('test')
    .having(({ fn }) => fn.sum(scope.failed), '>', 0)
    .$if(flaky !== undefined, (query) => query.having(({ fn }) => fn.max(scope.flaky), '=', flaky === true ? 1 : 0))
    .$if(since !== undefined, (query) => query.having(({ fn }) => fn.max('last_seen'), '>=', since ?? ''))
    .$if(after !== undefined, (query) => query.having((eb) => isBehind(eb, scope, after)))
    .orderBy(
      ({ fn }) =>
        sort === 'recent'
          ? fn.max('last_failed')
          : sql`sum(${sql.ref(scope.failed)}) * 1.0 / sum(${sql.ref(scope.runs)})`,
      'desc',
    )
    .orderBy('test')
    .limit(limit)
    .execute()
  return { tests: rows.map(({ test }) => test), next: placeOf(rows.at(-1), sort) ?? after }
}

/** Rates are compared without dividing: what a cursor holds is then exactly what was compared. */
function isBehind(eb: ExpressionBuilder<Schema, 'history_tests'>, scope: Scope, after: Place | undefined) {
  if (after === undefined) return eb.val(true)
  const isLater = eb('test', '>', after.test)
  if (after.by === 'recent') {
    const last = eb.fn.max('last_failed')
    return eb.or([eb(last, '<', after.lastFailed), eb.and([eb(last, '=', after.lastFailed), isLater])])
  }
  const own = eb(eb.fn.sum<number>(scope.failed), '*', after.runs)
  const its = eb(eb.fn.sum<number>(scope.runs), '*', after.failed)
  return eb.or([eb(own, '<', its), eb.and([eb(own, '=', its), isLater])])
}

interface Row {
  test: number
  runs: number | bigint | string
  failed: number | bigint | string
  lastFailed: string | null
}

function placeOf(row: Row | undefined, by: Place['by']): Place | undefined {
  if (row === undefined) return undefined
  const { test, runs, failed, lastFailed } = row
  if (by === 'rate') return { by, failed: Number(failed), runs: Number(runs), test }
  return { by, lastFailed: lastFailed ?? '', test }
}
