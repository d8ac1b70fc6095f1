import type { Database } from '../write.ts'
import type { CommitCounts } from './history-store.ts'
import { memberSets } from './member-sets.ts'
import type { Scope } from './scope.ts'

const MOST_COMMITS = 1_000
/** Commits that are looked at in one query. */
const PAGE = 1_000

interface CommitQuery {
  repo: string
  test: number
  since: string | undefined
  scope: Scope
}

type Commit = Omit<CommitCounts, 'runs' | 'failures'> & { id: number; position: number }

/** The newest commits at which a test ran, oldest first. */
export async function readCommitCounts(db: Database, query: CommitQuery): Promise<CommitCounts[]> {
  const newestFirst: CommitCounts[] = []
  const holds = new Map<number, boolean>()
  for (let before: Commit | undefined; newestFirst.length < MOST_COMMITS; ) {
    const page = await commitsBefore(db, query.repo, before)
    newestFirst.push(...(await countsOf(db, page, query, holds)))
    before = page.at(-1)
    if (page.length < PAGE) break
  }
  return newestFirst.slice(0, MOST_COMMITS).toReversed()
}

async function commitsBefore(db: Database, repo: string, before: Commit | undefined): Promise<Commit[]> {
  return await db
    .selectFrom('history_commits')
    .select(['id', 'sha', 'subject', 'committed_at as committedAt', 'position'])
    .where('repo', '=', repo)
    .$if(before !== undefined, (query) =>
      query.where((eb) => {
        const { committedAt, position, id } = before ?? { committedAt: '', position: 0, id: 0 }
        return eb.and([
          eb('committed_at', '<=', committedAt),
          eb.or([
            eb('committed_at', '<', committedAt),
            eb('position', '<', position),
            eb.and([eb('position', '=', position), eb('id', '<', id)]),
          ]),
        ])
      }),
    )
    .orderBy('committed_at', 'desc')
    .orderBy('position', 'desc')
    .orderBy('id', 'desc')
    .limit(PAGE)
    .execute()
}

async function countsOf(
  db: Database,
  commits: readonly Commit[],
  query: CommitQuery,
  holds: Map<number, boolean>,
): Promise<CommitCounts[]> {
  if (commits.length === 0) return []
  const ids = commits.map(({ id }) => id)
  const rows = await runsOf(db, ids, query)
  const unknown = [...new Set(rows.map(({ set }) => set))].filter((set) => !holds.has(set))
  const members = await memberSets(db, unknown, new Set([query.test]))
  for (const set of unknown) holds.set(set, members.has(set))
  const runs = new Map<number, number>()
  for (const { commit, set, runs: count } of rows) {
    if (holds.get(set) === true) runs.set(commit, (runs.get(commit) ?? 0) + Number(count))
  }
  const failed = await failuresOf(db, ids, query)
  return commits.flatMap(({ id, position: _, ...commit }) => {
    const count = runs.get(id) ?? 0
    return count === 0 ? [] : [{ ...commit, runs: count, failures: failed.get(id) ?? 0 }]
  })
}

const runsOf = (db: Database, commits: readonly number[], { since, scope }: CommitQuery) =>
  db
    .selectFrom('history_runs')
    .select((eb) => [
      ...(['commit_id as commit', 'ran_set as set'] as const),
      eb.fn.sum<number | bigint | string>(scope.runs).as('runs'),
    ])
    .where('commit_id', 'in', commits)
    .$if(since !== undefined, (query) => query.where('day', '>=', since ?? ''))
    .$if(scope.owners !== undefined, (query) => query.where('owner', 'in', scope.owners ?? []))
    .groupBy(['commit_id', 'ran_set'])
    .execute()

async function failuresOf(
  db: Database,
  commits: readonly number[],
  { test, since, scope }: CommitQuery,
): Promise<Map<number, number>> {
  const rows = await db
    .selectFrom('history_failures')
    .select((eb) => ['commit_id', eb.fn.sum<number | bigint | string>(scope.failed).as('failed')])
    .where('commit_id', 'in', commits)
    .where('test', '=', test)
    .$if(since !== undefined, (query) => query.where('day', '>=', since ?? ''))
    .$if(scope.owners !== undefined, (query) => query.where('owner', 'in', scope.owners ?? []))
    .groupBy('commit_id')
    .execute()
  return new Map(rows.map(({ commit_id, failed }) => [commit_id, Number(failed)]))
}
