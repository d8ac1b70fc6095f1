import { decodeIds } from '../tests/id-set.ts'
import { inPieces } from '../tests/in-pieces.ts'
import type { Database } from '../write.ts'

/** By set, those of some tests that it holds; sets that hold none are left out. */
export async function memberSets(
  db: Database,
  sets: readonly number[],
  tests: ReadonlySet<number>,
): Promise<Map<number, number[]>> {
  const members = new Map<number, number[]>()
  for await (const piece of inPieces(sets)) {
    const rows = await db.selectFrom('test_sets').select(['id', 'tests']).where('id', 'in', piece).execute()
    for (const { id, tests: bytes } of rows) {
      const held = decodeIds(bytes).filter((test) => tests.has(test))
      if (held.length > 0) members.set(id, held)
    }
  }
  return members
}
