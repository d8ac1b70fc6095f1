import { fingerprintText } from '../tests/fingerprint.ts'
import type { Database } from '../write.ts'
import { readCommitCounts } from './commit-counts.ts'
import { readDays } from './days.ts'
import type { KnownFingerprint, TestHistory, TestHistoryQuery } from './history-store.ts'
import { type Scope, scopeOf } from './scope.ts'
import { readTotals } from './totals.ts'

/** Everything that is known of one test. */
export async function readTestHistory(
  db: Database,
  { repo, test, since, owner }: TestHistoryQuery,
): Promise<TestHistory | undefined> {
  const scope = scopeOf(owner)
  const found = await db
    .selectFrom('tests')
    .select('id')
    .where('repo', '=', repo)
    .where('name', '=', test)
    .executeTakeFirst()
  const total = found === undefined ? undefined : (await readTotals(db, [found.id], scope)).get(found.id)
  if (found === undefined || total === undefined) return undefined
  const query = { repo, test: found.id, since, scope }
  const days = (await readDays(db, { ...query, tests: [found.id] })).get(found.id) ?? []
  const { firstSeen, lastSeen } = total
  return {
    ...{ repo, test, firstSeen, lastSeen },
    runs: days.reduce((sum, { runs }) => sum + runs, 0),
    failures: days.reduce((sum, { failures }) => sum + failures, 0),
    days,
    commits: await readCommitCounts(db, query),
    fingerprints: await readFingerprints(db, query),
  }
}

async function readFingerprints(
  db: Database,
  { test, since, scope }: { test: number; since: string | undefined; scope: Scope },
): Promise<KnownFingerprint[]> {
  const rows = await db
    .selectFrom('history_fingerprints')
    .selectAll()
    .where('test', '=', test)
    .$if(scope.owners !== undefined, (query) => query.where('owner', 'in', scope.owners ?? []))
    .$if(since !== undefined, (query) => query.where('last_seen', '>=', since ?? ''))
    .orderBy('last_seen')
    .execute()
  const known = new Map<number, KnownFingerprint>()
  for (const row of rows) {
    const of = known.get(Number(row.fingerprint))
    const firstSeen = of === undefined || row.first_seen < of.firstSeen ? row.first_seen : of.firstSeen
    known.set(Number(row.fingerprint), {
      ...{ fingerprint: fingerprintText(Number(row.fingerprint)), message: of?.message ?? row.message },
      failures: (of?.failures ?? 0) + Number(row[scope.failures]),
      // Rows come by their newest failure.
      ...{ firstSeen, lastSeen: row.last_seen, run: row.run },
    })
  }
  return [...known.values()].filter(({ failures }) => failures > 0).toSorted((a, b) => b.failures - a.failures)
}
