import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Kysely, sql } from 'kysely'
import { openStore } from '../../../src/store/open.ts'
import { openPostgres as openPostgresDatabase } from '../../../src/store/postgres/database.ts'
import type { Schema } from '../../../src/store/schema.ts'
import { openForWriting } from '../../../src/store/sqlite/database.ts'
import type { Store } from '../../../src/store/store.ts'
import { GatewayBench } from '../../support/gateway-bench.ts'
import { TestPostgres } from '../../support/postgres.ts'

/** A database to fill, the store on it, and a gateway that answers from it. */
export interface HistoryDatabase {
  db: Kysely<Schema>
  store: Store
  sizeBytes(): Promise<number>
  serve(): Promise<{ url: string; stop(): Promise<void> }>
  /** Closes it and removes all that was generated. */
  remove(): Promise<void>
}

/** What the bench is of: another database gives another one of these. */
export type OpenHistoryDatabase = () => Promise<HistoryDatabase>

/** In a temporary folder of its own. */
export async function openSqlite(): Promise<HistoryDatabase> {
  const stateDir = await mkdtemp(join(tmpdir(), 'cs-bench-history-'))
  const db = await openForWriting(stateDir)
  const store = await openStore({ stateDir, artifacts: join(stateDir, 'artifacts') })
  return {
    db,
    store,
    sizeBytes: async () => (await stat(join(stateDir, 'results.db'))).size,
    async serve() {
      const bench = await GatewayBench.start({ stateDir })
      return { url: bench.url, stop: () => bench.stop() }
    },
    async remove() {
      await store.close()
      await db.destroy()
      await rm(stateDir, { recursive: true, force: true })
    },
  }
}

const PATIENCE = { openingMs: 20_000, workingMs: 20_000 }

/** On a server of its own with its usual settings but for memory, which a server of ten million results is given. */
export async function openPostgres(): Promise<HistoryDatabase> {
  const stateDir = await mkdtemp(join(tmpdir(), 'cs-bench-history-'))
  const server = await TestPostgres.start({ settings: ['shared_buffers=1GB', 'work_mem=64MB'] })
  const databaseUrl = await server.database()
  const store = await openStore({ stateDir, artifacts: join(stateDir, 'artifacts'), databaseUrl })
  const db = await openPostgresDatabase({ url: databaseUrl, readOnly: false, patience: PATIENCE })
  return {
    db,
    store,
    async sizeBytes() {
      const { rows } = await sql<{ size: number }>`select pg_database_size(current_database())::bigint as size`.execute(
        db,
      )
      return Number(rows[0]?.size)
    },
    async serve() {
      // As autovacuum does it soon after such a load.
      await sql`analyze`.execute(db)
      const bench = await GatewayBench.start({ stateDir, databaseUrl })
      return { url: bench.url, stop: () => bench.stop() }
    },
    async remove() {
      await store.close()
      await db.destroy()
      await server.dispose()
      await rm(stateDir, { recursive: true, force: true })
    },
  }
}
