import type { Write } from '../write.ts'
import { inPieces } from './in-pieces.ts'

/** Beyond them a project gives its tests other names in each run, and a history of them means nothing. */
export const TESTS_PER_REPOSITORY = 1_000_000

/**
 * Takes `count` ids and returns the first. The counter's row stays locked until the transaction ends: of several writers
 * that find the same test or set missing, one makes it and the others then find it.
 */
export async function takeIds(trx: Write, count: number): Promise<number> {
  const { last_id } = await trx
    .updateTable('test_counter')
    .set((eb) => ({ last_id: eb('last_id', '+', count) }))
    .returning('last_id')
    .executeTakeFirstOrThrow()
  return last_id - count + 1
}

/**
 * Ids of tests by name, made where they are missing; undefined where the repository would have too many. Only with the
 * counter locked.
 */
export async function testIds(
  trx: Write,
  repo: string,
  names: readonly string[],
): Promise<Map<string, number> | undefined> {
  const ids = await knownIds(trx, repo, names)
  const missing = names.filter((name) => !ids.has(name))
  if (missing.length === 0) return ids
  if ((await countTests(trx, repo)) + missing.length > TESTS_PER_REPOSITORY) return undefined
  const first = await takeIds(trx, missing.length)
  const rows = missing.map((name, at) => ({ id: first + at, repo, name }))
  for await (const piece of inPieces(rows)) await trx.insertInto('tests').values(piece).execute()
  for (const { name, id } of rows) ids.set(name, id)
  return ids
}

async function knownIds(trx: Write, repo: string, names: readonly string[]): Promise<Map<string, number>> {
  const ids = new Map<string, number>()
  for await (const piece of inPieces(names)) {
    const rows = await trx
      .selectFrom('tests')
      .select(['id', 'name'])
      .where('repo', '=', repo)
      .where('name', 'in', piece)
      .execute()
    for (const { id, name } of rows) ids.set(name, id)
  }
  return ids
}

async function countTests(trx: Write, repo: string): Promise<number> {
  const { tests } = await trx
    .selectFrom('tests')
    .select((eb) => eb.fn.countAll<number | bigint | string>().as('tests'))
    .where('repo', '=', repo)
    .executeTakeFirstOrThrow()
  return Number(tests)
}
