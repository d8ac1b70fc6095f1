import { rm } from 'node:fs/promises'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { formatRunId, suiteReportSchema } from '../../../src/contract/index.ts'
import { MIGRATIONS, NEWEST_VERSION } from '../../../src/store/migrations/index.ts'
import { openStore } from '../../../src/store/open.ts'
import { readReport } from '../../../src/store/report.ts'
import { searchReport } from '../../../src/store/searches/report.ts'
import type { Store } from '../../../src/store/store.ts'
import {
  type EarlierState,
  earlierHistory,
  earlierReports,
  earlierSearches,
  restorePostgres,
  restoreState,
} from '../../support/earlier-state.ts'
import { TestPostgres } from '../../support/postgres.ts'
import { runResult, suiteCommit, suiteSpec } from '../../unit/store/samples.ts'
import { databaseOf } from '../../unit/store/temporary-store.ts'
import { startWriter } from './writer-process.ts'

const server = await TestPostgres.start()
afterAll(() => server.dispose())

let state: EarlierState | undefined
afterEach(async () => {
  if (state !== undefined) await rm(state.stateDir, { recursive: true })
  state = undefined
})

const withStore = async <T>(of: EarlierState, work: (store: Store) => Promise<T>): Promise<T> => {
  const store = await openStore(of)
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

/** The steps that a database has taken, each once. */
async function versions(of: EarlierState): Promise<number[]> {
  const db = await databaseOf(of)
  const rows = await db.selectFrom('schema_versions').select('version').orderBy('version').execute()
  await db.destroy()
  return rows.map(({ version }) => version)
}

const ALL = MIGRATIONS.map(({ version }) => version)

describe.each([
  ['SQLite', 1, restoreState],
  ['SQLite', 10, restoreState],
  ['PostgreSQL', 1, (version: number) => restorePostgres(version, server)],
  ['PostgreSQL', 10, (version: number) => restorePostgres(version, server)],
] as const)('a record on %s of schema %i', (_database, version, restore) => {
  it('says of every suite what its own version said', async () => {
    const then = await earlierReports(version)
    state = await restore(version)
    await withStore(state, async (store) => {
      const listed = await store.suites.list({ limit: 100 })
      expect(listed.map(({ id }) => id)).toEqual(expect.arrayContaining(Object.keys(then)))
      for (const [suite, report] of Object.entries(then)) {
        expect(await readReport(store, suite, { results: true })).toMatchObject(report)
      }
    })
  })

  it('has its outputs, artifacts and events', async () => {
    const { mixed } = await earlierReports(version)
    state = await restore(version)
    await withStore(state, async (store) => {
      for (const { sha, results = [] } of suiteReportSchema.parse(mixed).commits) {
        for (const { attempt, seed, artifacts } of results) {
          const run = { suite: 'mixed', sha, attempt, generation: 0 }
          const log = await store.artifacts.get(run, artifacts[0]?.name ?? '')
          expect(Buffer.from(log ?? []).toString()).toBe(`run ${attempt} seed ${seed}\n`)
        }
      }
      const events = await store.events.read('mixed', 0, 1_000)
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
      expect(events.length).toBe(await store.events.lastSeq('mixed'))
      expect(events.filter(({ type }) => type === 'run.finished')).toHaveLength(8)
      const reported = (await store.results.list({ suite: 'reported', limit: 1 }))[0]
      const report = reported && (await store.artifacts.get(reported, 'reports/report.xml'))
      expect(Buffer.from(report ?? []).toString()).toContain('testcase classname="a" name="b"')
    })
  })

  it('goes on: more events of old suites, new suites beside them, and a history of tests', async () => {
    state = await restore(version)
    await withStore(state, async (store) => {
      const last = await store.events.lastSeq('mixed')
      const told = { suite: 'mixed', type: 'suite.paused', subject: 'mixed', ordinal: 99, data: {} } as const
      expect(await store.events.append(told)).toEqual({ seq: last + 1, appended: true })
      await store.suites.create({ spec: suiteSpec('s-1'), requestDigest: 'digest', seeds: [11, 22, 33] })
      await store.suites.putCommits('s-1', [suiteCommit(0, runResult().sha)])
      await store.results.record(runResult())
      expect((await store.suites.list({ limit: 1 }))[0]?.id).toBe('s-1')
      for (const suite of await store.history.unfolded(100)) {
        await store.history.foldSuite(suite, AbortSignal.timeout(10_000))
      }
      expect(await store.history.unfolded(100)).toEqual([])
      expect((await store.results.list({ suite: 's-1', limit: 9 })).map(formatRunId)).toHaveLength(1)
    })
    await withStore(state, async (store) => expect(await store.results.get(runResult())).toEqual(runResult()))
  })

  it('is brought up to date once by many who open it at the same time', async () => {
    state = await restore(version)
    const { stateDir, databaseUrl } = state
    if (databaseUrl === undefined) {
      const openers = await Promise.all(['one', 'two', 'reader'].map((name) => startWriter('open', stateDir, name)))
      for (const opener of openers) opener.begin()
      const answers = await Promise.all(openers.map((opener) => opener.answer()))
      expect(answers.map(({ code, errors }) => ({ code, errors }))).toEqual(Array(3).fill({ code: 0, errors: '' }))
    }
    const at = state
    await Promise.all(['one', 'two', 'three'].map(() => withStore(at, (store) => store.suites.list({ limit: 1 }))))
    expect(await versions(state)).toEqual(ALL)
  })

  it('is refused by this version once a newer one has written to it', async () => {
    state = await restore(version)
    await withStore(state, async () => undefined)
    const db = await databaseOf(state)
    await db
      .insertInto('schema_versions')
      .values({ version: NEWEST_VERSION + 1, applied_at: 'then' })
      .execute()
    await db.destroy()
    for (const readOnly of [false, true]) {
      await expect(openStore({ ...state, readOnly })).rejects.toThrow(`written by a newer Commit Suite`)
    }
  })
})

it.each([
  ['SQLite', restoreState],
  ['PostgreSQL', (version: number) => restorePostgres(version, server)],
] as const)(
  'searches, the history of tests and keys on %s of schema 10 are what they were',
  async (_database, restore) => {
    state = await restore(10)
    const [searches, history] = await Promise.all([earlierSearches(10), earlierHistory(10)])
    await withStore(state, async (store) => {
      for (const [id, report] of Object.entries(searches)) {
        const search = await store.searches.get(id)
        expect(search && searchReport(search)).toMatchObject(report)
      }
      const { tests } = await store.history.tests({ sort: 'rate', limit: 100 })
      expect(tests.length).toBeGreaterThan(3)
      expect(tests.map(({ failures: failed, ...test }) => ({ ...test, failed }))).toMatchObject(history)
      expect(await store.keys.list()).toMatchObject([{ name: 'ci', role: 'admin' }])
    })
  },
)
