import type { Database } from '../write.ts'
import { readDays } from './days.ts'
import { testsByFailures } from './failing-tests.ts'
import type { KnownTest, TestsQuery } from './history-store.ts'
import { readCursor, writeCursor } from './list-cursor.ts'
import { testsByName } from './named-tests.ts'
import { type Scope, scopeOf } from './scope.ts'
import { readTotals } from './totals.ts'

/**
 * A page of tests. Those that failed come first unless all are asked for by name: they are few, and an index leads to
 * them; the others follow in the order of their names.
 */
export async function listTests(db: Database, query: TestsQuery): Promise<{ tests: KnownTest[]; next: string | null }> {
  const scope = scopeOf(query.owner)
  const { limit, sort, flaky } = query
  let cursor = readCursor(query.cursor, sort)
  const ids: number[] = []
  if (sort !== 'name' && cursor?.by !== 'name') {
    const failing = await testsByFailures(db, { ...query, sort }, { scope, after: cursor })
    ids.push(...failing.tests)
    cursor = failing.next
  }
  if (ids.length < limit && (flaky !== true || sort === 'name')) {
    const failing = sort === 'name' ? 'too' : 'not'
    const after = cursor?.by === 'name' ? cursor : undefined
    const named = await testsByName(db, { ...query, limit: limit - ids.length }, { scope, after, failing })
    ids.push(...named.tests)
    cursor = named.next
  }
  const tests = await described(db, ids, scope)
  if (query.daysFrom !== undefined) await addDays(db, tests, query.daysFrom, scope)
  return { tests: tests.map(({ id: _, ...test }) => test), next: ids.length < limit ? null : writeCursor(cursor) }
}

type Identified = KnownTest & { id: number }

async function described(db: Database, ids: readonly number[], scope: Scope): Promise<Identified[]> {
  const totals = await readTotals(db, ids, scope)
  const fingerprints = await countFingerprints(db, ids, scope)
  return ids.flatMap((id) => {
    const total = totals.get(id)
    return total === undefined ? [] : [{ id, ...total, fingerprints: fingerprints.get(id) ?? 0 }]
  })
}

async function countFingerprints(db: Database, ids: readonly number[], scope: Scope): Promise<Map<number, number>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('history_fingerprints')
    .select(['test', ({ fn }) => fn.count<number | bigint | string>('fingerprint').distinct().as('count')])
    .where('test', 'in', ids)
    .where(scope.failures, '>', 0)
    .$if(scope.owners !== undefined, (query) => query.where('owner', 'in', scope.owners ?? []))
    .groupBy('test')
    .execute()
  return new Map(rows.map(({ test, count }) => [test, Number(count)]))
}

async function addDays(db: Database, tests: readonly Identified[], since: string, scope: Scope): Promise<void> {
  for (const [repo, of] of Map.groupBy(tests, (test) => test.repo)) {
    const days = await readDays(db, { repo, tests: of.map(({ id }) => id), since, scope })
    for (const test of of) test.days = days.get(test.id) ?? []
  }
}
