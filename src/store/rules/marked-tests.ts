import { decodeIds } from '../tests/id-set.ts'
import { inPieces } from '../tests/in-pieces.ts'
import { storable } from '../tests/normalised-tests.ts'
import { takeIds, testIds } from '../tests/test-ids.ts'
import { testSet } from '../tests/test-sets.ts'
import { type Database, suiteNotFound, write } from '../write.ts'

/** Names of tests, as the reports of their runs have them. */
export interface MarkedTests {
  ignored: readonly string[]
  quarantined: readonly string[]
}

const MARKS = ['ignored', 'quarantined'] as const
type Mark = (typeof MARKS)[number]

interface Commit {
  suite: string
  sha: string
}

/** Nearly all runs of a commit have the same tests: then there is nothing to write. */
export async function keepMarks(db: Database, commit: Commit, tests: MarkedTests): Promise<void> {
  if (tests.ignored.length + tests.quarantined.length === 0) return
  const found = await db.selectFrom('suites').select('repo').where('id', '=', commit.suite).executeTakeFirst()
  if (found === undefined) throw suiteNotFound(commit.suite)
  for (const mark of MARKS) await keepMark(db, { ...commit, repo: found.repo }, mark, tests[mark])
}

async function keepMark(
  db: Database,
  { suite, sha, repo }: Commit & { repo: string },
  mark: Mark,
  tests: readonly string[],
): Promise<void> {
  const set = testSet(repo, [...new Set(tests.map(storable))].toSorted())
  if (set === undefined) return
  const known = await set.find(db)
  const id =
    known ??
    (await write(db, async (trx) => {
      await takeIds(trx, 0)
      const made = await set.find(trx)
      if (made !== undefined) return made
      const ids = await testIds(trx, repo, set.names)
      return ids === undefined ? undefined : await set.make(trx, ids)
    }))
  // A repository with too many tests has none of them on record.
  if (id === undefined || (await isKept(db, { suite, sha }, mark, id))) return
  await db
    .insertInto('marked_tests')
    .values({ suite, sha, mark, test_set: id })
    .onConflict((conflict) => conflict.columns(['suite', 'sha', 'mark', 'test_set']).doNothing())
    .execute()
}

/** To look is cheaper than to wait for other writers. */
async function isKept(db: Database, { suite, sha }: Commit, mark: Mark, set: number): Promise<boolean> {
  const row = await db
    .selectFrom('marked_tests')
    .select('test_set')
    .where('suite', '=', suite)
    .where('sha', '=', sha)
    .where('mark', '=', mark)
    .where('test_set', '=', set)
    .executeTakeFirst()
  return row !== undefined
}

export async function readMarks(db: Database, { suite, sha }: Commit): Promise<MarkedTests> {
  const rows = await db
    .selectFrom('marked_tests')
    .innerJoin('test_sets', 'test_sets.id', 'marked_tests.test_set')
    .select(['mark', 'tests'])
    .where('suite', '=', suite)
    .where('sha', '=', sha)
    .execute()
  const namesOf = async (mark: Mark): Promise<string[]> => {
    const ids = new Set(rows.filter((row) => row.mark === mark).flatMap(({ tests }) => decodeIds(tests)))
    return await namesOfTests(db, [...ids])
  }
  return { ignored: await namesOf('ignored'), quarantined: await namesOf('quarantined') }
}

async function namesOfTests(db: Database, ids: readonly number[]): Promise<string[]> {
  const names: string[] = []
  for await (const piece of inPieces(ids)) {
    const rows = await db.selectFrom('tests').select('name').where('id', 'in', piece).orderBy('id').execute()
    names.push(...rows.map(({ name }) => name))
  }
  return names
}
