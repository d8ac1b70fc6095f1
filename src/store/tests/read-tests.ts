import type { Outcome } from '../../contract/index.ts'
import type { TestStore } from '../store.ts'
import type { Database } from '../write.ts'
import { decodeIds } from './id-set.ts'
import { inPieces } from './in-pieces.ts'
import { readFailures, readMessages } from './read-failures.ts'
import type { TestedRun, TestQuery, UnreadableReports } from './recorded-tests.ts'

const TESTED: Outcome[] = ['passed', 'failed', 'timed_out', 'crashed']

/** Reads what results say of tests. */
export const testStore = (db: Database): TestStore => ({
  async ofCommit(query) {
    if (!(await hasReports(db, query))) return undefined
    const runs = await readRuns(db, query)
    const sets = await readSets(db, distinct(runs.flatMap(({ ran, skipped }) => [ran, skipped])))
    const failed = await readFailures(db, distinct(runs.map((run) => run.failed)))
    const fingerprints = [...failed.failures.values(), ...failed.outside.values()].flatMap((set) => [...set.values()])
    const outside = [...failed.outside.values()].flatMap((set) => [...set.keys()])
    const tests = distinct([...sets.values(), outside].flat())
    return {
      ...{ suite: query.suite, sha: query.sha, runs, sets, ...failed },
      names: await readNames(db, tests),
      messages: await readMessages(db, query.suite, distinct(fingerprints)),
      unreadable: await readUnreadable(db, query),
    }
  },
})

const distinct = <T>(values: readonly (T | null)[]): T[] => [
  ...new Set(values.filter((value): value is T & {} => value !== null)),
]

const countedRuns = (db: Database, { suite, sha, below, attempt }: TestQuery) =>
  db
    .selectFrom('results')
    .where('suite', '=', suite)
    .where('sha', '=', sha)
    .where('superseded', '=', 0)
    .where('outcome', 'in', TESTED)
    .$if(below !== undefined, (query) => query.where('attempt', '<', below ?? 0))
    .$if(attempt !== undefined, (query) => query.where('attempt', '=', attempt ?? 0))

/** Most commits of most suites have no reports: then their runs are not read. */
async function hasReports(db: Database, query: TestQuery): Promise<boolean> {
  const row = await countedRuns(db, query)
    .select('attempt')
    .where('unreadable_reports', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

const readRuns = (db: Database, query: TestQuery): Promise<TestedRun[]> =>
  countedRuns(db, query)
    .select(['attempt', 'generation', 'outcome', 'ran_set as ran', 'skipped_set as skipped', 'failure_set as failed'])
    .orderBy('attempt')
    .execute()

/** Tests by set. */
export async function readSets(db: Database, ids: readonly number[]): Promise<Map<number, number[]>> {
  const sets = new Map<number, number[]>()
  for await (const piece of inPieces(ids)) {
    const rows = await db.selectFrom('test_sets').select(['id', 'tests']).where('id', 'in', piece).execute()
    for (const { id, tests } of rows) sets.set(id, decodeIds(tests))
  }
  return sets
}

async function readNames(db: Database, ids: readonly number[]): Promise<Map<number, string>> {
  const names = new Map<number, string>()
  for await (const piece of inPieces(ids)) {
    const rows = await db.selectFrom('tests').select(['id', 'name']).where('id', 'in', piece).execute()
    for (const { id, name } of rows) names.set(id, name)
  }
  return names
}

async function readUnreadable(db: Database, query: TestQuery): Promise<UnreadableReports | undefined> {
  const unreadable = countedRuns(db, query).where('unreadable_reports', '>', 0)
  const first = await unreadable.select('unreadable_why').orderBy('attempt').limit(1).executeTakeFirst()
  if (first === undefined) return undefined
  const { reports, runs } = await unreadable
    .select((eb) => [
      eb.fn.sum<number | bigint | string>('unreadable_reports').as('reports'),
      eb.fn.countAll<number | bigint | string>().as('runs'),
    ])
    .executeTakeFirstOrThrow()
  return { reports: Number(reports), runs: Number(runs), why: first.unreadable_why ?? '' }
}
