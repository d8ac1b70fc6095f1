import type { SuiteSpec } from '../../contract/index.ts'
import type { TestStore } from '../store.ts'
import type { Database } from '../write.ts'
import { readObserved } from './run-evidence.ts'
import type { HistoryQuery } from './search-store.ts'

const SUITES_AT_ONCE = 200

type Counts = Map<string, { runs: number; failures: number }>

/** What earlier suites say of some commits. A seed counts once for a commit, by its first run. */
export async function readHistory(db: Database, tests: TestStore, query: HistoryQuery): Promise<Counts> {
  const counts: Counts = new Map()
  const seen = new Map<string, Set<number>>()
  for await (const suite of suitesOf(db, query)) {
    for (const sha of await commitsOf(db, suite.id, query.shas)) {
      const seeds = seen.get(sha) ?? new Set()
      seen.set(sha, seeds)
      const observed = await readObserved(db, tests, { suite, sha, test: query.test })
      const fresh = observed.filter(({ seed }) => seeds.size !== seeds.add(seed).size)
      const known = counts.get(sha) ?? { runs: 0, failures: 0 }
      const failures = fresh.filter(({ failed }) => failed).length
      counts.set(sha, { runs: known.runs + fresh.length, failures: known.failures + failures })
    }
  }
  return counts
}

/** The oldest first. */
async function* suitesOf(db: Database, { repo, isComparable }: HistoryQuery): AsyncGenerator<SuiteSpec> {
  for (let after = { created_at: '', id: '' }; ; ) {
    const page = await db
      .selectFrom('suites')
      .select(['id', 'created_at', 'spec'])
      .where('repo', '=', repo)
      .where((eb) =>
        eb.or([
          eb('created_at', '>', after.created_at),
          eb.and([eb('created_at', '=', after.created_at), eb('id', '>', after.id)]),
        ]),
      )
      .orderBy('created_at')
      .orderBy('id')
      .limit(SUITES_AT_ONCE)
      .execute()
    for (const row of page) {
      const spec: SuiteSpec = JSON.parse(row.spec)
      if (isComparable(spec)) yield spec
    }
    const last = page.at(-1)
    if (last === undefined || page.length < SUITES_AT_ONCE) return
    after = last
  }
}

async function commitsOf(db: Database, suite: string, wanted: ReadonlySet<string>): Promise<string[]> {
  const rows = await db.selectFrom('commits').select('sha').where('suite', '=', suite).orderBy('position').execute()
  return rows.map(({ sha }) => sha).filter((sha) => wanted.has(sha))
}
