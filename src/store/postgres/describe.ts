import { sql } from 'kysely'
import { NEWEST_VERSION } from '../migrations/index.ts'
import { connectPostgres, schemaVersion } from './database.ts'
import { databasePlace } from './database-url.ts'
import { connectionPool } from './pool.ts'

interface PostgresDescription {
  /** Version of the server. */
  server: string
  /** Version of the schema that the database holds; 0 where it holds none. */
  schema: number
  /** Version that this Commit Suite knows. */
  newest: number
  /** Whether the role may make tables where ours are looked for. */
  isOurs: boolean
}

/** Looks at a database without changing it. Throws `store_unavailable`, at once where nobody answers. */
export async function describePostgres(url: string): Promise<PostgresDescription> {
  const db = connectPostgres({
    ...{ pool: connectionPool(url, true), place: databasePlace(url), readOnly: true, patienceMs: 0 },
  })
  try {
    const { server, may_create } = await db
      .selectNoFrom([
        sql<string>`current_setting('server_version')`.as('server'),
        sql<boolean>`coalesce(has_schema_privilege(current_schema(), 'create'), false)`.as('may_create'),
      ])
      .executeTakeFirstOrThrow()
    return { server, schema: await schemaVersion(db), newest: NEWEST_VERSION, isOurs: may_create }
  } finally {
    await db.destroy()
  }
}
