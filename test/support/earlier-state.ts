import { cp, mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { MIGRATIONS } from '../../src/store/migrations/index.ts'
import { connectPostgres } from '../../src/store/postgres/database.ts'
import { connectionPool } from '../../src/store/postgres/pool.ts'
import type { TestPostgres } from './postgres.ts'

/** State directories that earlier versions left after real suites; `README.md` there says how they were made. */
const FIXTURES = 'test/fixtures/earlier-state'

export interface EarlierState {
  stateDir: string
  artifacts: string
  /** Of PostgreSQL; SQLite's is in the state directory. */
  databaseUrl: string | undefined
}

const said = async (version: number, name: string) =>
  JSON.parse(await readFile(join(FIXTURES, `schema-${version}`, `${name}.json`), 'utf8'))

/** What that version's own `show --json --results` said of each suite. */
export const earlierReports = (version: number): Promise<Record<string, object>> => said(version, 'reports')

/** What its `show --json` said of each search. */
export const earlierSearches = (version: number): Promise<Record<string, object>> => said(version, 'searches')

const historySchema = z.array(z.object({ repo: z.string(), test: z.string(), runs: z.number(), failed: z.number() }))

/** Runs and failures of each test, as its `history --json` said. */
export const earlierHistory = async (version: number) => historySchema.parse(await said(version, 'history'))

const dumpOf = (version: number) => readFile(join(FIXTURES, `schema-${version}`, 'results.sql'), 'utf8')

/** A state directory as that version left it. */
export async function restoreState(version: number): Promise<EarlierState> {
  const stateDir = await mkdtemp(join(tmpdir(), `earlier-${version}-`))
  const artifacts = join(stateDir, 'artifacts')
  await cp(join(FIXTURES, `schema-${version}`, 'artifacts'), artifacts, { recursive: true })
  const database = new DatabaseSync(join(stateDir, 'results.db'))
  database.exec(`begin; ${await dumpOf(version)} commit`)
  database.close()
  return { stateDir, artifacts, databaseUrl: undefined }
}

/** The same rows in a PostgreSQL database, in the tables that the migrations up to that version make there. */
export async function restorePostgres(version: number, server: TestPostgres): Promise<EarlierState> {
  const { stateDir, artifacts } = await restoreState(version)
  const databaseUrl = await server.database()
  const options = { pool: connectionPool(databaseUrl, false), place: databaseUrl, readOnly: false, patienceMs: 5_000 }
  const db = connectPostgres(options)
  for (const { up } of MIGRATIONS.slice(0, version)) await up(db, { blob: 'bytea' })
  await db.destroy()
  const rows = (await dumpOf(version)).split(/;\n(?=insert|CREATE|create|$)/).filter((text) => /^insert/.test(text))
  const versions = 'create table schema_versions (version integer primary key, applied_at text not null)'
  const text = rows.join(';\n').replaceAll(/x'([0-9a-f]*)'/g, String.raw`'\x$1'::bytea`)
  await server.query(`${versions};\n${text}`, new URL(databaseUrl).pathname.slice(1))
  return { stateDir, artifacts, databaseUrl }
}
