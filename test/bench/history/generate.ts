import { sql } from 'kysely'
import { runResult, runTests, suiteCommit, suiteSpec } from '../../unit/store/samples.ts'
import type { HistoryDatabase } from './database.ts'

export interface GeneratedHistory {
  repos: number
  suites: number
  commits: number
  runs: number
  tests: number
}

export const REPO = (number: number): string => `https://example.org/project-${number}.git`
export const STEADY = 'tests/test_900.py::test_steady_900'
export const FLAKY = 'tests/test_7.py::test_flaky_7'
/** Ran at the first tenth of the commits only. */
export const REMOVED = 'tests/test_old.py::test_removed'

const FLAKY_TESTS = 50
/** Different sets of failures of a repository. */
const FAILURE_SETS = 150
const DAY_MS = 24 * 3_600_000

const shaOf = (repo: number, commit: number): string =>
  `${repo.toString(16).padStart(4, '0')}${commit.toString(16).padStart(36, '0')}`

const nameOf = (test: number): string =>
  test < FLAKY_TESTS ? `tests/test_${test}.py::test_flaky_${test}` : `tests/test_${test}.py::test_steady_${test}`

/**
 * Puts suites on record, a day apart, the newest today: names and sets of tests by the store, results by one
 * statement for each suite. Some 3 % of the runs fail, in one to three of fifty flaky tests; the rate of them all doubles
 * half way.
 */
export async function generate(database: HistoryDatabase, size: GeneratedHistory, firstRepo = 0): Promise<string[]> {
  const suites: string[] = []
  for (let repo = firstRepo; repo < firstRepo + size.repos; repo++) {
    const sets = await createSets(database, repo, size)
    for (let number = 0; number < size.suites; number++) {
      const id = `s-${repo}-${number}`
      suites.push(id)
      await createSuite(database, { id, repo, number }, size)
      const ran = number * 10 < size.suites ? sets.ranAtFirst : sets.ran
      await insertResults(database, { id, late: number * 2 >= size.suites, ran, firstFailure: sets.firstFailure }, size)
    }
  }
  return suites
}

interface Sets {
  ran: number
  ranAtFirst: number
  firstFailure: number
}

/** Runs with every set of failures; sets that come one after the other have ids that do. */
async function createSets({ db, store }: HistoryDatabase, repo: number, { tests }: GeneratedHistory): Promise<Sets> {
  const id = `sets-${repo}`
  const seeds = Array.from({ length: FAILURE_SETS }, (_, index) => index + 1)
  const spec = suiteSpec(id, { repo: REPO(repo), runs: FAILURE_SETS, env: { FIRST: '1' } })
  await store.suites.create({ spec, requestDigest: id, seeds })
  const names = Array.from({ length: tests }, (_, test) => nameOf(test))
  const sha = shaOf(repo, 0xffff_ffff)
  for (const seed of seeds) {
    const failing = [...new Set([seed, seed * 7, seed * 13].slice(0, 1 + (seed % 3)).map((test) => test % FLAKY_TESTS))]
    const failed = failing.map((test) => ({
      ...{ id: nameOf(test), message: `AssertionError: ${test} is not ${seed % 3}` },
      fingerprint: (test * 3 + (seed % 3)).toString(16).padStart(12, '0'),
    }))
    const key = { suite: id, sha, attempt: seed - 1, seed, artifacts: [] }
    await store.results.record(runResult({ ...key, outcome: 'failed' }), runTests(names, { failed }))
  }
  const passed = { ...{ suite: id, sha, seed: 0, artifacts: [] }, attempt: FAILURE_SETS, outcome: 'passed' as const }
  await store.results.record(runResult(passed), runTests([...names, REMOVED]))
  const ofSuite = db.selectFrom('results').where('suite', '=', id).select(['ran_set', 'failure_set'])
  const rows = await ofSuite.where('failure_set', 'is not', null).orderBy('failure_set').execute()
  const withRemoved = await ofSuite.where('attempt', '=', FAILURE_SETS).executeTakeFirstOrThrow()
  await db.deleteFrom('suites').where('id', '=', id).execute()
  const [first] = rows
  const areConsecutive = rows.at(-1)?.failure_set === (first?.failure_set ?? 0) + FAILURE_SETS - 1
  if (first?.ran_set == null || first.failure_set === null || !areConsecutive) throw new Error('sets are not in a row')
  if (withRemoved.ran_set === null) throw new Error('a run has no set of tests')
  return { ran: first.ran_set, ranAtFirst: withRemoved.ran_set, firstFailure: first.failure_set }
}

async function createSuite(
  { db, store }: HistoryDatabase,
  { id, repo, number }: { id: string; repo: number; number: number },
  { suites, commits, runs }: GeneratedHistory,
): Promise<void> {
  const at = new Date(Date.now() - (suites - number) * DAY_MS).toISOString()
  await store.suites.create({ spec: suiteSpec(id, { repo: REPO(repo), runs }), requestDigest: id, seeds: [] })
  const listed = Array.from({ length: commits }, (_, position) =>
    suiteCommit(position, shaOf(repo, number * commits + position), { committedAt: at }),
  )
  await store.suites.putCommits(id, listed)
  await db
    .updateTable('suites')
    .set({ status: 'completed', created_at: at, finished_at: at })
    .where('id', '=', id)
    .execute()
}

/** Of every run the same draw decides on every database. */
async function insertResults(
  { db }: HistoryDatabase,
  { id, late, ran, firstFailure }: { id: string; late: boolean; ran: number; firstFailure: number },
  { runs }: GeneratedHistory,
): Promise<void> {
  const failsBelow = late ? 4 : 2
  await sql`
    with recursive run(i) as (select 0 union all select i + 1 from run where i < ${sql.lit(runs - 1)}),
    drawn as (
      select c.suite, c.sha, run.i, s.created_at as at,
        (run.i * 7919 + c.position * 104729) % 100 as draw,
        (run.i * 31 + c.position * 17) % ${sql.lit(FAILURE_SETS)} as failure
      from commits c join suites s on s.id = c.suite cross join run where c.suite = ${id}
    )
    insert into results (suite, sha, attempt, generation, superseded, seed, outcome, exit_code, started_at, duration_ms,
      tries, node, artifacts, ran_set, failure_set, unreadable_reports)
    select suite, sha, i, 0, 0, i * 2011 + 1, case when draw < ${sql.lit(failsBelow)} then 'failed' else 'passed' end,
      case when draw < ${sql.lit(failsBelow)} then 1 else 0 end, at, 412, 1, 'host', '[]', ${sql.lit(ran)},
      case when draw < ${sql.lit(failsBelow)} then ${sql.lit(firstFailure)} + failure else null end, 0
    from drawn order by sha, i`.execute(db)
}
