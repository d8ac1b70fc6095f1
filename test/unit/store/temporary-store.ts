import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Kysely } from 'kysely'
import { Client } from 'pg'
import { onTestFinished } from 'vitest'
import type { ArtifactPlace } from '../../../src/store/artifact-place.ts'
import { openStore } from '../../../src/store/open.ts'
import { openPostgres } from '../../../src/store/postgres/database.ts'
import type { Schema } from '../../../src/store/schema.ts'
import { openForWriting } from '../../../src/store/sqlite/database.ts'
import type { Store } from '../../../src/store/store.ts'
import { suiteSpec } from './samples.ts'

/** A directory that goes with the test. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'commit-suite-store-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

let newDatabase: () => Promise<string | undefined> = async () => undefined

/** Gives the stores of all tests that follow in this file databases of their own, in the place of SQLite's. */
export function useDatabases(make: () => Promise<string>): void {
  newDatabase = make
}

interface Bucket {
  place: ArtifactPlace
  /** Keys of all that it holds. */
  list(): Promise<string[]>
}

let newBucket: (() => Promise<Bucket>) | undefined

/** The same for artifacts, in the place of a folder. */
export function useBuckets(make: () => Promise<Bucket>): void {
  newBucket = make
}

/** Where artifacts go, and what lies there: the paths or keys below it. */
export async function temporaryArtifacts(): Promise<Bucket> {
  if (newBucket !== undefined) return await newBucket()
  const place = join(await temporaryDirectory(), 'artifacts')
  return { place, list: () => filesBelow(place) }
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
    .toSorted()
}

export interface TemporaryStore {
  store: Store
  stateDir: string
  /** Paths or keys of all its artifacts. */
  listArtifacts(): Promise<string[]>
  /** Of PostgreSQL; SQLite's is in the state directory. */
  databaseUrl: string | undefined
}

export async function temporaryStore(): Promise<TemporaryStore> {
  const stateDir = await temporaryDirectory()
  const { place: artifacts, list: listArtifacts } = await temporaryArtifacts()
  const databaseUrl = await newDatabase()
  const store = await openStore({ stateDir, artifacts, databaseUrl })
  onTestFinished(() => store.close())
  return { store, stateDir, listArtifacts, databaseUrl }
}

export async function storeWithSuite(id = 's-1', seeds: number[] = [11, 22, 33]) {
  const opened = await temporaryStore()
  await opened.store.suites.create({ spec: suiteSpec(id), requestDigest: 'digest', seeds })
  return opened
}

/** The database of a store, for what the store itself does not do; the caller destroys it. */
export const databaseOf = ({
  stateDir,
  databaseUrl,
}: Pick<TemporaryStore, 'stateDir' | 'databaseUrl'>): Promise<Kysely<Schema>> =>
  databaseUrl === undefined
    ? openForWriting(stateDir)
    : openPostgres({ url: databaseUrl, readOnly: false, patience: { openingMs: 5_000, workingMs: 5_000 } })

/** Rows of a table, whatever the store says of them. */
export async function countRows({ stateDir, databaseUrl }: TemporaryStore, table: string): Promise<number> {
  const query = `select count(*) as n from ${table}`
  if (databaseUrl === undefined) {
    using database = new DatabaseSync(join(stateDir, 'results.db'), { readOnly: true })
    return Number(database.prepare(query).get()?.n)
  }
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  const { rows } = await client.query(query)
  await client.end()
  return Number(rows[0]?.n)
}
