import { z } from 'zod'
import type { NewSuiteEvent, SuiteCommit } from '../contract/index.ts'
import { eventRow, takeNumbers } from './events.ts'
import { type Database, insertSlices, type Write } from './write.ts'

const refsSchema = z.array(z.string())

function resolvedEvent(suite: string, { sha, position, refs, subject }: SuiteCommit): NewSuiteEvent {
  return { suite, type: 'commit.resolved', subject: sha, ordinal: 0, data: { sha, position, refs, subject } }
}

export async function countCommits(db: Database, suite: string): Promise<number> {
  const { count } = await db
    .selectFrom('commits')
    .select((eb) => eb.fn.countAll<number | bigint | string>().as('count'))
    .where('suite', '=', suite)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Stores the list and its events; does nothing where the suite already has its commits. */
export async function putCommits(trx: Write, suite: string, commits: readonly SuiteCommit[]): Promise<void> {
  const last = await takeNumbers(trx, suite, 0)
  if (commits.length === 0 || (await countCommits(trx, suite)) > 0) return
  await takeNumbers(trx, suite, commits.length)
  const at = new Date().toISOString()
  const rows = commits.map(({ position, sha, refs, subject, author, committedAt }) => ({
    ...{ suite, position, sha, refs: JSON.stringify(refs), subject, author },
    committed_at: committedAt,
  }))
  for (const slice of insertSlices(rows)) await trx.insertInto('commits').values(slice).execute()
  const events = commits.map((commit, index) => eventRow(resolvedEvent(suite, commit), last + index + 1, at))
  for (const slice of insertSlices(events)) await trx.insertInto('events').values(slice).execute()
}

/** Up to `limit` commits from the position `from` on. */
export async function readCommits(db: Database, suite: string, from: number, limit: number): Promise<SuiteCommit[]> {
  const rows = await db
    .selectFrom('commits')
    .selectAll()
    .where('suite', '=', suite)
    .where('position', '>=', from)
    .orderBy('position')
    .limit(limit)
    .execute()
  return rows.map(({ position, sha, refs, subject, author, committed_at }) => ({
    ...{ position, sha, refs: refsSchema.parse(JSON.parse(refs)), subject, author },
    committedAt: committed_at,
  }))
}
