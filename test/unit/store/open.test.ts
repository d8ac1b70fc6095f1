import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { openStore } from '../../../src/store/open.ts'
import { whileBusy } from '../../../src/store/sqlite/busy.ts'
import { runResult } from './samples.ts'
import { storeWithSuite, temporaryDirectory } from './temporary-store.ts'

const at = (stateDir: string, readOnly = false) => ({ stateDir, artifacts: join(stateDir, 'artifacts'), readOnly })

function rawDatabase(stateDir: string): DatabaseSync {
  const database = new DatabaseSync(join(stateDir, 'results.db'))
  onTestFinished(() => database.close())
  return database
}

test('a store opened again has what was written', async () => {
  const { store, stateDir } = await storeWithSuite()
  await store.results.record(runResult())
  const again = await openStore(at(stateDir))
  expect(await again.results.get(runResult())).toEqual(runResult())
  await again.close()
})

test('a state directory of a newer schema is refused', async () => {
  const { stateDir } = await storeWithSuite()
  rawDatabase(stateDir).exec(`insert into schema_versions values (999, '2030-01-01T00:00:00Z')`)
  for (const readOnly of [false, true]) {
    const opening = openStore(at(stateDir, readOnly))
    await expect(opening).rejects.toMatchObject({ code: 'store_unavailable' })
    await expect(opening).rejects.toThrow(/written by a newer Commit Suite \(schema 999, this one knows \d+\)/)
  }
})

test('a store opened for reading reads and refuses to write', async () => {
  const { store, stateDir } = await storeWithSuite()
  await store.results.record(runResult())
  const reader = await openStore(at(stateDir, true))
  onTestFinished(() => reader.close())
  expect(await reader.results.get(runResult())).toEqual(runResult())
  await expect(reader.results.record(runResult({ attempt: 1 }))).rejects.toMatchObject({ code: 'store_unavailable' })
  await store.results.record(runResult({ attempt: 2 }))
  expect(await reader.results.list({ suite: 's-1', limit: 10 })).toHaveLength(2)
})

test('a directory without a database reads as empty and stays as it is', async () => {
  const directory = await temporaryDirectory()
  const reader = await openStore(at(join(directory, 'state'), true))
  expect(await reader.suites.list({ limit: 10 })).toEqual([])
  await reader.close()
  await expect(stat(join(directory, 'state'))).rejects.toThrow('ENOENT')
})

test('an empty database file is filled by whoever opens it first, readers included', async () => {
  const directory = await temporaryDirectory()
  await writeFile(join(directory, 'results.db'), '')
  const reader = await openStore(at(directory, true))
  expect(await reader.suites.list({ limit: 10 })).toEqual([])
  await reader.close()
})

test('a state directory that cannot be used is said to be so, with its path', async () => {
  const directory = await temporaryDirectory()
  const file = join(directory, 'file')
  await writeFile(file, 'x')
  await writeFile(join(directory, 'results.db'), 'not a database, but long enough to be looked at '.repeat(100))
  for (const stateDir of [file, directory]) {
    for (const readOnly of [false, true]) {
      const opening = openStore(at(stateDir, readOnly))
      await expect(opening).rejects.toMatchObject({ code: 'store_unavailable' })
      await expect(opening).rejects.toThrow(join(stateDir, 'results.db'))
    }
  }
})

test('a writer waits for the lock of others and then writes; a lock that is never given back ends the wait', async () => {
  const { store, stateDir } = await storeWithSuite()
  const holder = rawDatabase(stateDir)
  holder.exec('begin immediate')
  let recorded = false
  const recording = store.results.record(runResult()).then(() => {
    recorded = true
  })
  const impatient = rawDatabase(stateDir)
  await expect(whileBusy(() => impatient.exec('begin immediate'), 100)).rejects.toThrow('database is locked')
  expect(recorded).toBe(false)
  holder.exec('commit')
  await recording
  expect(await store.results.get(runResult())).toEqual(runResult())
})

test('a failed transaction leaves nothing and the store goes on', async () => {
  const { store } = await storeWithSuite()
  const broken = Object.assign(runResult({ attempt: 1 }), { node: Symbol('not a value') })
  await expect(store.results.record(broken)).rejects.toThrow(TypeError)
  expect(await store.events.lastSeq('s-1')).toBe(0)
  expect(await store.results.record(runResult())).toMatchObject({ inserted: true })
  expect(await store.events.lastSeq('s-1')).toBe(1)
})
