import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import { CommitSuiteError } from '../../contract/index.ts'
import { migrate, refuseNewerSchema } from '../migrate.ts'
import { NEWEST_VERSION } from '../migrations/index.ts'
import type { Schema } from '../schema.ts'
import { BUSY_TIMEOUT_MS, whileBusy } from './busy.ts'
import { NodeSqliteDialect } from './dialect.ts'
import { asStoreError } from './errors.ts'

const COLUMN_TYPES = { blob: 'blob' } as const
const OPTIONS = { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true } as const

const databasePath = (stateDir: string): string => join(stateDir, 'results.db')

const connect = (database: DatabaseSync, path: string): Kysely<Schema> =>
  new Kysely<Schema>({ dialect: new NodeSqliteDialect(database, path) })

/** Opens a database that the work leaves closed again when it fails. */
async function opened<T>(database: DatabaseSync, work: (database: DatabaseSync) => Promise<T>): Promise<T> {
  try {
    return await work(database)
  } catch (error) {
    if (database.isOpen) database.close()
    throw error
  }
}

/** Opens `results.db` of a state directory, making both where they are missing. */
export async function openForWriting(stateDir: string): Promise<Kysely<Schema>> {
  const path = databasePath(stateDir)
  return explained(path, async () => {
    await mkdir(stateDir, { recursive: true, mode: 0o700 })
    const database = await whileBusy(() => new DatabaseSync(path, OPTIONS))
    return opened(database, async () => {
      // The change to WAL does not wait for other processes by itself, hence the loop.
      await whileBusy(() => database.exec('pragma journal_mode = wal'))
      // A crash of the system may lose the last commits, never the file; a crash of the process loses nothing.
      database.exec('pragma synchronous = normal')
      const db = connect(database, path)
      await migrate(db, COLUMN_TYPES, stateDir)
      return db
    })
  })
}

/**
 * Opens `results.db` for reading. Where there is none yet, what is read is empty. An older schema is first brought
 * up to date, which needs the right to write.
 */
export async function openForReading(stateDir: string): Promise<Kysely<Schema>> {
  const path = databasePath(stateDir)
  return explained(path, async () => {
    if (!(await exists(path))) return openEmpty(path)
    const database = await whileBusy(() => new DatabaseSync(path, { ...OPTIONS, readOnly: true }))
    return opened(database, async () => {
      const version = await whileBusy(() => schemaVersion(database))
      refuseNewerSchema(version, stateDir)
      if (version < NEWEST_VERSION) await (await openForWriting(stateDir)).destroy()
      return connect(database, path)
    })
  })
}

async function openEmpty(path: string): Promise<Kysely<Schema>> {
  const db = connect(new DatabaseSync(':memory:', OPTIONS), path)
  await migrate(db, COLUMN_TYPES, path)
  return db
}

function schemaVersion(database: DatabaseSync): number {
  const table = database.prepare(`select 1 from sqlite_master where type = 'table' and name = 'schema_versions'`).get()
  if (table === undefined) return 0
  return Number(database.prepare('select max(version) as version from schema_versions').get()?.version ?? 0)
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}

async function explained<T>(path: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open()
  } catch (error) {
    if (error instanceof CommitSuiteError) throw error
    const mapped = asStoreError(error, path)
    if (mapped instanceof CommitSuiteError || !(error instanceof Error)) throw mapped
    throw new CommitSuiteError(
      'store_unavailable',
      `the result database ${path}: ${error.message}`,
      {},
      { cause: error },
    )
  }
}
