import { DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import { expect, it } from 'vitest'
import { initial } from '../../../src/store/migrations/0001-initial.ts'
import { NEWEST_VERSION } from '../../../src/store/migrations/index.ts'
import { openStore } from '../../../src/store/open.ts'
import type { Schema } from '../../../src/store/schema.ts'
import { NodeSqliteDialect } from '../../../src/store/sqlite/dialect.ts'
import { suiteSpec } from './samples.ts'
import { temporaryDirectory } from './temporary-store.ts'

it('the database of the first version opens with all that it holds, and is of the newest afterwards', async () => {
  const stateDir = await temporaryDirectory()
  const path = `${stateDir}/results.db`
  const old = new Kysely<Schema>({ dialect: new NodeSqliteDialect(new DatabaseSync(path), path) })
  await old.schema
    .createTable('schema_versions')
    .addColumn('version', 'integer')
    .addColumn('applied_at', 'text')
    .execute()
  await initial.up(old, { blob: 'blob' })
  const raw = (text: string): void => {
    const database = new DatabaseSync(path)
    database.exec(text)
    database.close()
  }
  await old.destroy()
  const spec = JSON.stringify(suiteSpec('old'))
  raw(`insert into schema_versions values (1, 'then');
    insert into suites values ('old', '/repositories/one', '${spec}', 'digest', 'completed', null, '2026-01-01', '2026-01-02');
    insert into event_counters values ('old', 0)`)
  const store = await openStore({ stateDir, artifacts: stateDir })
  expect(await store.suites.get('old')).toMatchObject({
    id: 'old',
    status: 'completed',
    spec: { repo: '/repositories/one' },
  })
  expect(await store.suites.list({ limit: 5, owner: { key: 'someone', orNobodys: true } })).toHaveLength(1)
  expect(await store.suites.list({ limit: 5, owner: { key: 'someone', orNobodys: false } })).toHaveLength(0)
  const { secret } = await store.keys.create({ name: 'k', role: 'read', requestsPerMinute: 1, openSuites: 1 })
  expect(await store.keys.find(secret)).toMatchObject({ name: 'k' })
  await store.close()
  const database = new DatabaseSync(path)
  expect(database.prepare('select max(version) as version from schema_versions').get()).toEqual({
    version: NEWEST_VERSION,
  })
  database.close()
})
