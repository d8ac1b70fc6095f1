import { HandleEmptyInListsPlugin, Kysely, replaceWithNoncontingentExpression, sql } from 'kysely'
import { CommitSuiteError } from '../../contract/index.ts'
import { whileInterrupted } from '../interruption.ts'
import { migrate, refuseNewerSchema } from '../migrate.ts'
import { NEWEST_VERSION } from '../migrations/index.ts'
import type { Schema } from '../schema.ts'
import type { ConnectionOptions } from './connection.ts'
import { databasePlace } from './database-url.ts'
import { StorePostgresDialect } from './dialect.ts'
import { unavailable } from './errors.ts'
import { connectionPool } from './pool.ts'

const COLUMN_TYPES = { blob: 'bytea' } as const
const WHERE = { field: 'COMMIT_SUITE_DATABASE_URL', other: 'another database' }

/** For how long a database that is away is waited for. */
export interface Patience {
  openingMs: number
  workingMs: number
}

interface Opening {
  url: string
  readOnly: boolean
  patience: Patience
}

/** Connects when it is first used; the caller destroys it. */
export const connectPostgres = (options: ConnectionOptions): Kysely<Schema> =>
  new Kysely<Schema>({
    dialect: new StorePostgresDialect(options),
    // SQLite takes `in ()`, PostgreSQL does not.
    plugins: [new HandleEmptyInListsPlugin({ strategy: replaceWithNoncontingentExpression })],
  })

/**
 * Opens a PostgreSQL database, bringing its schema up to date where that is older; only then a role needs the right to
 * create tables. Throws `store_unavailable`.
 */
export async function openPostgres(opening: Opening): Promise<Kysely<Schema>> {
  const { url, readOnly, patience } = opening
  const place = databasePlace(url)
  const options = { pool: connectionPool(url, readOnly), place, readOnly, patienceMs: patience.openingMs }
  const db = connectPostgres(options)
  try {
    const version = await schemaVersion(db)
    refuseNewerSchema(version, place, WHERE)
    if (version < NEWEST_VERSION) {
      if (readOnly) await (await openPostgres({ ...opening, readOnly: false })).destroy()
      else await bringUpToDate(db, place, version)
    }
    options.patienceMs = patience.workingMs
    return db
  } catch (error) {
    await db.destroy()
    throw error instanceof CommitSuiteError ? error : unavailable(place, error)
  }
}

/** Version of the schema that the first schema of the search path holds; 0 where there is none. */
export async function schemaVersion(db: Kysely<Schema>): Promise<number> {
  const table = await db
    .selectNoFrom(sql<string | null>`to_regclass('schema_versions')::text`.as('name'))
    .executeTakeFirstOrThrow()
  if (table.name === null) return 0
  const row = await db
    .selectFrom('schema_versions')
    .select((eb) => eb.fn.max('version').as('version'))
    .executeTakeFirst()
  return row?.version ?? 0
}

async function bringUpToDate(db: Kysely<Schema>, place: string, version: number): Promise<void> {
  try {
    await whileInterrupted(() => migrate(db, COLUMN_TYPES, place, lockSchema))
  } catch (error) {
    const advice = ` (to bring its schema from ${version} to ${NEWEST_VERSION}). Run commit-suite migrate as the role that owns the tables: see docs/database.md.`
    if (error instanceof CommitSuiteError && hasCode(error.cause, NO_PRIVILEGE)) {
      throw unavailable(place, error.cause, advice)
    }
    throw error
  }
}

const NO_PRIVILEGE = '42501'
const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

/** One process at a time makes tables, of those that have the same schema first on their search path. */
async function lockSchema(trx: Kysely<Schema>): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('commit-suite'), hashtext(coalesce(current_schema(), '')))`.execute(
    trx,
  )
}
