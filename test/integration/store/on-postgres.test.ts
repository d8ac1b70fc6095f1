import { readdir } from 'node:fs/promises'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { openStore } from '../../../src/store/open.ts'
import { TestPostgres } from '../../support/postgres.ts'
import { useDatabases } from '../../unit/store/temporary-store.ts'

/** The store means the same on both databases: here its own tests run once more, each on a PostgreSQL database. */
const FOLDER = new URL('../../unit/store/', import.meta.url)

/** Tests of SQLite's file, of its earlier schemas, and of what is in no database. */
const OF_NO_CONCERN = ['open.test.ts', 'earlier-schema.test.ts', 'artifacts.test.ts', 'artifact-files.test.ts']

// Some record a thousand runs one after the other, each with five round trips to a server that shares the machine.
vi.setConfig({ testTimeout: 240_000 })
const server = await TestPostgres.start()
afterAll(() => server.dispose())

const migrated = await server.database()
await (await openStore({ stateDir: '/', artifacts: '/', databaseUrl: migrated })).close()
let made = 0
useDatabases(() => {
  made += 1
  return server.database(new URL(migrated).pathname.slice(1))
})

const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.test.ts') && !OF_NO_CONCERN.includes(name))
for (const file of files.toSorted()) {
  describe(file, async () => {
    await import(new URL(file, FOLDER).href)
  })
}

test('none of them was on SQLite by mistake', () => {
  expect(made).toBeGreaterThan(files.length)
})
