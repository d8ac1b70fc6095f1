import type { RunTests } from '../../contract/index.ts'
import type { ResultTestColumns } from '../schema.ts'
import { type Database, suiteNotFound, write } from '../write.ts'
import { keepMessages } from './failure-messages.ts'
import { type NormalisedTests, normaliseTests, storable } from './normalised-tests.ts'
import { TESTS_PER_REPOSITORY, takeIds, testIds } from './test-ids.ts'
import { failureSet, type RecordedSet, testSet } from './test-sets.ts'

const TOO_MANY_TESTS = `the repository has more than ${TESTS_PER_REPOSITORY.toLocaleString('en-US')} tests of different names`

/**
 * Keeps what a run's tests have in common with those of other runs, and returns what its result refers to them by.
 * Names, sets and messages never change and say nothing without a result, so that they may be there before it. Throws
 * `suite_not_found`.
 */
export async function keepTests(db: Database, suite: string, tests: RunTests): Promise<ResultTestColumns> {
  const found = await db.selectFrom('suites').select('repo').where('id', '=', suite).executeTakeFirst()
  if (found === undefined) throw suiteNotFound(suite)
  const normal = normaliseTests(tests)
  const sets = await keepSets(db, found.repo, normal)
  if (sets !== undefined) await keepMessages(db, suite, [...normal.failed, ...normal.outside])
  const [first] = normal.unreadable
  const why = first === undefined ? null : storable(`${first.name}: ${first.why}`)
  return {
    ...(sets ?? { ran_set: null, skipped_set: null, failure_set: null }),
    unreadable_reports: normal.unreadable.length + (sets === undefined ? 1 : 0),
    unreadable_why: sets === undefined ? TOO_MANY_TESTS : why,
  }
}

type SetIds = Pick<ResultTestColumns, 'ran_set' | 'skipped_set' | 'failure_set'>

/** Undefined where the repository would have too many tests. */
async function keepSets(db: Database, repo: string, tests: NormalisedTests): Promise<SetIds | undefined> {
  const sets = [testSet(repo, tests.ran), testSet(repo, tests.skipped), failureSet(repo, tests)]
  const known = await findAll(db, sets)
  if (known.every((id) => id !== undefined)) return idsOf(known)
  return await write(db, async (trx) => {
    await takeIds(trx, 0)
    const found = await findAll(trx, sets)
    const missing = sets.filter((set, at) => set !== undefined && found[at] === undefined)
    const ids = await testIds(trx, repo, [...new Set(missing.flatMap((set) => set?.names ?? []))])
    if (ids === undefined) return undefined
    for (const [at, set] of sets.entries()) found[at] ??= (await set?.make(trx, ids)) ?? null
    return idsOf(found)
  })
}

type Id = number | null | undefined

/** Null for no set, undefined for one that is not on record. */
const findAll = (db: Database, sets: readonly (RecordedSet | undefined)[]): Promise<Id[]> =>
  Promise.all(sets.map(async (set) => (set === undefined ? null : await set.find(db))))

const idsOf = ([ran = null, skipped = null, failures = null]: readonly Id[]): SetIds => ({
  ran_set: ran,
  skipped_set: skipped,
  failure_set: failures,
})
