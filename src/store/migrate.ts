import type { Kysely } from 'kysely'
import { CommitSuiteError } from '../contract/index.ts'
import { MIGRATIONS, NEWEST_VERSION } from './migrations/index.ts'
import type { ColumnTypes } from './migrations/migration.ts'
import type { Schema } from './schema.ts'

/** Throws `store_unavailable` where a newer Commit Suite has already changed the schema. */
export function refuseNewerSchema(
  version: number,
  place: string,
  { field, other }: { field: string; other: string } = { field: 'COMMIT_SUITE_HOME', other: 'another directory' },
): void {
  if (version <= NEWEST_VERSION) return
  throw new CommitSuiteError(
    'store_unavailable',
    `${place} was written by a newer Commit Suite (schema ${version}, this one knows ${NEWEST_VERSION}). ` +
      `Use that version, or set ${field} to ${other}.`,
    { field, value: place, rule: `schema at most ${NEWEST_VERSION}` },
  )
}

/**
 * Brings the schema up to date in one write transaction: of several processes that open a new database at once,
 * one makes the tables and the others find them made. `lock` keeps the others out where a transaction alone does not.
 */
export async function migrate(
  db: Kysely<Schema>,
  types: ColumnTypes,
  place: string,
  lock: (trx: Kysely<Schema>) => Promise<void> = async () => undefined,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lock(trx)
    await trx.schema
      .createTable('schema_versions')
      .ifNotExists()
      .addColumn('version', 'integer', (c) => c.primaryKey())
      .addColumn('applied_at', 'text', (c) => c.notNull())
      .execute()
    const row = await trx
      .selectFrom('schema_versions')
      .select((eb) => eb.fn.max('version').as('version'))
      .executeTakeFirst()
    const current = row?.version ?? 0
    refuseNewerSchema(current, place)
    for (const { version, up } of MIGRATIONS.slice(current)) {
      await up(trx, types)
      await trx.insertInto('schema_versions').values({ version, applied_at: new Date().toISOString() }).execute()
    }
  })
}
