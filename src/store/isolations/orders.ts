import type { Selectable } from 'kysely'
import { z } from 'zod'
import type { Database, Write } from '../write.ts'
import type { StoredOrder, StoredOrderName } from './isolation-store.ts'
import type { IsolationOrderTable } from './tables.ts'

const testsSchema = z.array(z.tuple([z.string(), z.string()]))

function orderOf({ source, run, tests, before, left_out }: Selectable<IsolationOrderTable>): StoredOrder {
  return { from: source, run, tests: testsSchema.parse(JSON.parse(tests)), before, leftOut: left_out }
}

export async function readOrder(
  db: Database,
  isolation: string,
  name: StoredOrderName,
): Promise<StoredOrder | undefined> {
  const row = await db
    .selectFrom('isolation_orders')
    .selectAll()
    .where('isolation', '=', isolation)
    .where('name', '=', name)
    .executeTakeFirst()
  return row === undefined ? undefined : orderOf(row)
}

/** One that is on record under the name stays. */
export async function storeOrder(
  db: Database | Write,
  isolation: string,
  name: StoredOrderName,
  { from, run, tests, before, leftOut }: StoredOrder,
): Promise<void> {
  await db
    .insertInto('isolation_orders')
    .values({ isolation, name, source: from, run, tests: JSON.stringify(tests), before, left_out: leftOut })
    .onConflict((conflict) => conflict.columns(['isolation', 'name']).doNothing())
    .execute()
}

/** Gives the order that a question told its name, in the place of one that had it before. */
export async function renameOrder(
  trx: Write,
  isolation: string,
  question: number,
  name: StoredOrderName,
): Promise<void> {
  const told = `question-${question}`
  const row = await trx
    .selectFrom('isolation_orders')
    .select('name')
    .where('isolation', '=', isolation)
    .where('name', '=', told)
    .executeTakeFirst()
  if (row === undefined) return
  await trx.deleteFrom('isolation_orders').where('isolation', '=', isolation).where('name', '=', name).execute()
  await trx
    .updateTable('isolation_orders')
    .set({ name })
    .where('isolation', '=', isolation)
    .where('name', '=', told)
    .execute()
}
