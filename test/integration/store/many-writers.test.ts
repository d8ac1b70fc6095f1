import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Store } from '../../../src/store/store.ts'
import { SHA } from '../../unit/store/samples.ts'
import { storeWithSuite, temporaryDirectory } from '../../unit/store/temporary-store.ts'
import { startWriter } from './writer-process.ts'

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)
const WRITERS = upTo(8).map((index) => `writer-${index}`)

async function allEvents(store: Store) {
  const events = []
  for (let seq = 0; ; seq = events.at(-1)?.seq ?? 0) {
    const page = await store.events.read('s-1', seq, 1_000)
    if (page.length === 0) return events
    events.push(...page)
  }
}

/** Every result has its event, every event of a result its result, and the numbers have no gap. */
async function expectConsistent(store: Store) {
  const events = await allEvents(store)
  expect(events.map((event) => event.seq)).toEqual(upTo(events.length).map((index) => index + 1))
  const told = events.flatMap((event) => (event.type === 'run.finished' ? [event.data.attempt] : []))
  const results = await store.results.list({ suite: 's-1', sha: SHA, limit: 1_000_000 })
  expect(told.toSorted((a, b) => a - b)).toEqual(results.map((result) => result.attempt))
  return { events: events.length, results: results.length }
}

test('eight processes that write the same results number them without a gap, each result once', async () => {
  const { store, stateDir } = await storeWithSuite()
  const runs = 150
  const writers = await Promise.all(WRITERS.map((name) => startWriter('record', stateDir, name, runs)))
  for (const writer of writers) writer.begin()
  const answers = await Promise.all(writers.map((writer) => writer.answer()))
  expect(answers.map(({ code, errors }) => ({ code, errors }))).toEqual(answers.map(() => ({ code: 0, errors: '' })))
  expect(answers.reduce((sum, { printed }) => sum + Number(printed), 0)).toBe(runs)
  expect(await expectConsistent(store)).toEqual({ events: runs + runs * writers.length, results: runs })
})

test('a writer killed at any moment leaves no result without its event and no event without its result', async () => {
  const { store, stateDir } = await storeWithSuite()
  for (const killAfter of [20, 150, 420]) {
    const writer = await startWriter('record', stateDir, `killed-after-${killAfter}`, 1_000_000)
    writer.begin()
    await vi.waitFor(async () => expect(await store.events.lastSeq('s-1')).toBeGreaterThan(killAfter), {
      timeout: 30_000,
      interval: 1,
    })
    await writer.kill()
    const { results } = await expectConsistent(store)
    expect(results).toBeGreaterThan(0)
  }
})

test('eight processes that open an empty directory at once make one schema', async () => {
  const stateDir = join(await temporaryDirectory(), 'deep', 'state')
  const names = [...WRITERS, 'reader-1', 'reader-2']
  const openers = await Promise.all(names.map((name) => startWriter('open', stateDir, name)))
  for (const opener of openers) opener.begin()
  for (const opener of openers) expect(await opener.answer()).toEqual({ code: 0, printed: '0', errors: '' })
  const database = new DatabaseSync(join(stateDir, 'results.db'))
  onTestFinished(() => database.close())
  const versions = database.prepare('select version from schema_versions order by version').all()
  expect(versions.map((row) => row.version)).toEqual(upTo(versions.length).map((index) => index + 1))
  expect(database.prepare('pragma journal_mode').get()).toMatchObject({ journal_mode: 'wal' })
})
