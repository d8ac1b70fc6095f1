import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openStore } from '../../../src/store/open.ts'
import { openPostgres } from '../../../src/store/postgres/database.ts'
import type { Store } from '../../../src/store/store.ts'
import { write } from '../../../src/store/write.ts'
import { expectEveryRunOnce } from '../../support/every-run-once.ts'
import { TestPostgres } from '../../support/postgres.ts'
import { searchSpec } from '../../support/recorded-search.ts'
import { pausedEvent, runResult, SHA, suiteSpec } from '../../unit/store/samples.ts'

/** What only a database with several writers at once, other roles and a network in between can show. */
let server: TestPostgres
beforeAll(async () => {
  server = await TestPostgres.start()
})
afterAll(() => server.dispose())

async function opened(databaseUrl: string, workingMs = 60_000): Promise<Store> {
  const store = await openStore({ stateDir: '/', artifacts: '/', databaseUrl, patience: { workingMs } })
  onTestFinished(() => store.close())
  return store
}

async function withSuites(count: number, stores: number): Promise<Store[]> {
  const url = await server.database()
  const all: Store[] = []
  for (let at = 0; at < stores; at += 1) all.push(await opened(url))
  const ids = upTo(count).map((number) => `s-${number}`)
  await Promise.all(
    ids.map((id) => all[0]?.suites.create({ spec: suiteSpec(id), requestDigest: 'digest', seeds: [1, 2] })),
  )
  return all
}

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at)
const nameOf = (url: string) => new URL(url).pathname.slice(1)

describe('several writers', () => {
  it('whose connections are cut again and again record each result and event once, numbered without a gap', async () => {
    const stores = await withSuites(1, 4)
    const runs = 60
    const commit = { sha: SHA, position: 0, refs: ['main'], subject: 's', author: 'a', committedAt: '2026-01-01' }
    await stores[0]?.suites.putCommits('s-0', [commit])
    let cut = 0
    const writers = stores.map(async (store) => {
      let inserted = 0
      for (const attempt of upTo(runs)) {
        if (attempt % 20 === 5) cut += await server.cutConnections()
        const result = runResult({ suite: 's-0', attempt })
        // What was lost in its very commit is unknown to the writer, who asks again, as an activity does.
        const recorded = await repeated(() => store.results.record(result))
        if (recorded.inserted) inserted += 1
        await repeated(() => store.events.append(pausedEvent('s-0', attempt)).then(({ seq }) => seq))
      }
      return inserted
    })
    const inserted = (await Promise.all(writers)).reduce((sum, n) => sum + n, 0)
    expect(cut).toBeGreaterThan(4)
    expect(inserted).toBeLessThanOrEqual(runs)
    const [store] = stores
    if (store === undefined) throw new Error('no store')
    await expectEveryRunOnce(store, 's-0', runs)
    expect(await store.events.lastSeq('s-0')).toBe(1 + 2 * runs)
  })

  it('that end a suite or search at the same time end it once', async () => {
    const [one, two] = await withSuites(12, 2)
    if (one === undefined || two === undefined) throw new Error('no stores')
    for (const suite of upTo(12).map((number) => `s-${number}`)) {
      // Of different ordinals, so that nothing but the status tells that the suite has ended.
      const end = (status: 'completed' | 'failed', ordinal: number) =>
        ({ suite, type: 'suite.finished', subject: suite, ordinal, data: { status } }) as const
      await Promise.all([
        one.suites.setStatus(suite, 'completed', end('completed', 0)),
        two.suites.setStatus(suite, 'failed', end('failed', 1), 'm'),
      ])
      const events = await one.events.read(suite, 0, 10)
      const { status } = (await two.suites.get(suite)) ?? {}
      expect(events).toMatchObject([{ type: 'suite.finished', data: { status } }])
      const search = `search-${suite}`
      await one.searches.create({ spec: searchSpec(search), requestDigest: 'digest' })
      const over = (wholeStatus: 'failed' | 'cancelled', ordinal: number) => {
        const data = { status: wholeStatus, answer: null, culprit: null }
        return { search, type: 'search.finished', ordinal, data } as const
      }
      await Promise.all([
        one.searches.finish(search, 'failed', over('failed', 0), 'm'),
        two.searches.finish(search, 'cancelled', over('cancelled', 1)),
      ])
      const stored = await two.searches.get(search)
      expect(await one.searches.readEvents(search, 0, 10)).toMatchObject([{ data: { status: stored?.status } }])
    }
  })

  it('of one stream of output store each byte once', async () => {
    const stores = await withSuites(1, 2)
    const key = { suite: 's-0', sha: SHA, attempt: 0, generation: 0, try: 1, stream: 'stdout' } as const
    const text = Buffer.from('0123456789'.repeat(20))
    await Promise.all(
      stores.map(async (store) => {
        for (let at = 0; at < text.length; ) at = await store.logs.append(key, at, text.subarray(at, at + 7))
      }),
    )
    const read = await stores[0]?.logs.read(key, 0, 1_000)
    expect(Buffer.from(read?.bytes ?? []).toString()).toBe(text.toString())
  })

  it('that lock the same rows the other way round both go on', async () => {
    const url = await server.database()
    const patience = { openingMs: 3_000, workingMs: 60_000 }
    const db = await openPostgres({ url, readOnly: false, patience })
    onTestFinished(() => db.destroy())
    await db
      .insertInto('stream_cursors')
      .values(['a', 'b'].map((job) => ({ job, position: 0 })))
      .execute()
    const first = Promise.withResolvers<void>()
    const second = Promise.withResolvers<void>()
    let tries = 0
    const move = (jobs: [string, string], mine: PromiseWithResolvers<void>, other: PromiseWithResolvers<void>) =>
      write(db, async (trx) => {
        tries += 1
        const step = (job: string) =>
          trx
            .updateTable('stream_cursors')
            .set((eb) => ({ position: eb('position', '+', 1) }))
            .where('job', '=', job)
            .execute()
        await step(jobs[0])
        mine.resolve()
        await other.promise
        await step(jobs[1])
      })
    await Promise.all([move(['a', 'b'], first, second), move(['b', 'a'], second, first)])
    expect(tries).toBe(3)
    const moved = await db.selectFrom('stream_cursors').select('position').execute()
    expect(moved).toEqual([{ position: 2 }, { position: 2 }])
  })

  it('that open an empty database at once make one schema', async () => {
    const url = await server.database()
    await Promise.all(upTo(8).map(() => opened(url)))
    const versions = await server.query('select version from schema_versions order by version', nameOf(url))
    expect(versions).toEqual(versions.map((_, at) => ({ version: at + 1 })))
    await server.query(`insert into schema_versions values (999, '2030-01-01')`, nameOf(url))
    await expect(opened(url)).rejects.toThrow(/\(schema 999, .*COMMIT_SUITE_DATABASE_URL to another database/)
  })
})

describe('a database that is away', () => {
  it('is waited for by what reads and what writes, and named without its password where it does not come', async () => {
    const url = await server.database()
    const patient = await opened(url)
    const hasty = await opened(url.replace('owner@', 'owner:s3cret-word@'), 0)
    await patient.suites.create({ spec: suiteSpec('s-0'), requestDigest: 'digest', seeds: [1] })
    await server.crash()
    const waiting = [
      patient.suites.get('s-0').then((suite) => suite?.id),
      patient.results.record(runResult({ suite: 's-0' })).then(({ inserted }) => inserted),
      patient.suites.countCommits('s-0'),
    ]
    const error: unknown = await hasty.suites.get('s-0').catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'store_unavailable' })
    expect(String(error)).toContain(`the result database postgres://127.0.0.1:${server.port}/${nameOf(url)}: `)
    expect(JSON.stringify(error) + String(error)).not.toContain('s3cret-word')
    const opening = openStore({
      ...{ stateDir: '/', artifacts: '/', databaseUrl: url },
      patience: { openingMs: 0 },
    })
    await expect(opening).rejects.toMatchObject({ code: 'store_unavailable' })
    await server.resume()
    expect(await Promise.all(waiting)).toEqual(['s-0', true, 0])
    expect(await hasty.suites.get('s-0')).toMatchObject({ id: 's-0' })
  })
})

describe('a text that is too long to be found by', () => {
  it('is refused as a fault of whoever gave it, and nothing waits for the database', async () => {
    const store = await opened(await server.database())
    const repo = `https://example.org/${randomBytes(3_000).toString('base64')}`
    const creating = store.suites.create({ spec: suiteSpec('s-0', { repo }), requestDigest: 'digest', seeds: [1] })
    await expect(creating).rejects.toMatchObject({ code: 'invalid_input', retryable: false })
    await expect(creating).rejects.toThrow('Shorten the address of the repository')
    expect(await store.suites.get('s-0')).toBeUndefined()
  })
})

describe('roles with few rights', () => {
  it('work once the owner has made the tables, and a gateway writes nothing but what is its own', async () => {
    const url = await server.database()
    const database = nameOf(url)
    await server.query('create role app login; create role face login')
    onTestFinished(async () => {
      const roles = 'app, face'
      await server.query(`drop owned by ${roles}`, database)
      await server.query(`drop role ${roles}`)
    })
    const asApp = server.url(database, 'app')
    await expect(opened(asApp)).rejects.toThrow(
      /permission denied .* \(to bring its schema from 0 to \d+\)\. Run commit-suite migrate as the role that owns/,
    )
    await (await openStore({ stateDir: '/', artifacts: '/', databaseUrl: url })).close()
    await server.query(
      `grant select, insert, update, delete on all tables in schema public to app;
       grant select on all tables in schema public to face;
       grant insert, update, delete on api_keys, browser_sessions, idempotency_records, stream_cursors to face`,
      database,
    )
    const app = await opened(asApp)
    await app.suites.create({ spec: suiteSpec('s-0'), requestDigest: 'digest', seeds: [1] })
    await app.results.record(runResult({ suite: 's-0' }))
    const face = await opened(server.url(database, 'face'))
    const { secret, key } = await face.keys.create({ name: 'k', role: 'read', requestsPerMinute: 1, openSuites: 1 })
    expect(await face.keys.find(secret)).toEqual(key)
    expect(await face.browserSessions.keyOf(await face.browserSessions.create(key.id, 60_000))).toBe(key.id)
    await face.streamCursors.open('job')
    expect(await face.streamCursors.advance('job', 0, 3)).toBe(true)
    const bound = { caller: 'k', token: 't', requestDigest: 'd', suite: 's-1' }
    expect(await face.idempotency.bind(bound)).toBe('s-1')
    expect(await face.results.get(runResult({ suite: 's-0' }))).toMatchObject({ outcome: 'passed' })
    const refused = face.results.record(runResult({ suite: 's-0', attempt: 1 }))
    await expect(refused).rejects.toMatchObject({ code: 'store_unavailable' })
    await expect(face.events.append(pausedEvent('s-0', 1))).rejects.toThrow('permission denied')
    await app.suites.remove('s-0')
    expect(await face.suites.get('s-0')).toBeUndefined()
  })
})

async function repeated<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'store_unavailable')) throw error
    }
  }
}
