import { z } from 'zod'
import { type Database, insertSlices, type Write } from '../write.ts'
import type { SearchCommit } from './search-store.ts'

const parentsSchema = z.array(z.int())

export async function storeRange(trx: Write, search: string, commits: readonly SearchCommit[]): Promise<void> {
  const rows = commits.map(({ position, sha, subject, author, committedAt, parents, prior }) => ({
    ...{ search, position, sha, subject, author, committed_at: committedAt },
    ...{ parents: JSON.stringify(parents), prior_runs: prior.runs, prior_failures: prior.failures },
  }))
  for (const slice of insertSlices(rows)) await trx.insertInto('search_commits').values(slice).execute()
}

/** By position, which counts from 0. */
export async function readRange(
  db: Database,
  search: string,
  page?: { from: number; limit: number },
): Promise<SearchCommit[]> {
  const all = db.selectFrom('search_commits').selectAll().where('search', '=', search).orderBy('position')
  const asked = page === undefined ? all : all.where('position', '>=', page.from).limit(page.limit)
  const rows = await asked.execute()
  return rows.map(({ position, sha, subject, author, committed_at, parents, prior_runs, prior_failures }) => ({
    ...{ position, sha, subject, author, committedAt: committed_at },
    parents: parentsSchema.parse(JSON.parse(parents)),
    prior: { runs: prior_runs, failures: prior_failures },
  }))
}
