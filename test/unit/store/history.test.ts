import { expect, it } from 'vitest'
import type { SuiteOwner } from '../../../src/store/store.ts'
import { end, type PlayedRun, play, record, sha } from './history-play.ts'
import { suiteSpec } from './samples.ts'
import { temporaryStore } from './temporary-store.ts'

const REPO = '/repositories/one'
const runs = (count: number, tests: string[], from = 1): PlayedRun[] =>
  Array.from({ length: count }, (_, index) => ({ seed: from + index, tests }))

it('tests are counted over commits, days and ways to fail', async () => {
  const { store } = await temporaryStore()
  const day = (number: number, tests: string[], seed: number): PlayedRun => ({
    ...{ seed, tests, at: `2026-03-0${number}T10:00:00.000Z` },
  })
  await play(store, {
    id: 's-1',
    commits: {
      a: [day(1, ['steady', 'flaky'], 1), day(1, ['steady', '!flaky@aaaaaaaaaaaa'], 2)],
      b: [day(1, ['steady', '!flaky@aaaaaaaaaaaa'], 1), day(2, ['steady', '!flaky@bbbbbbbbbbbb', 'new'], 2)],
    },
  })
  expect(await store.history.test({ repo: REPO, test: 'flaky' })).toEqual({
    ...{ repo: REPO, test: 'flaky', runs: 4, failures: 3 },
    ...{ firstSeen: '2026-03-01T10:00:00.000Z', lastSeen: '2026-03-02T10:00:00.000Z' },
    commits: [
      { sha: sha('a'), subject: 'Change 0', committedAt: '2026-01-01T00:00:00Z', runs: 2, failures: 1 },
      { sha: sha('b'), subject: 'Change 1', committedAt: '2026-01-01T00:00:00Z', runs: 2, failures: 2 },
    ],
    days: [
      { day: '2026-03-01', runs: 3, failures: 2 },
      { day: '2026-03-02', runs: 1, failures: 1 },
    ],
    fingerprints: [
      {
        ...{ fingerprint: 'aaaaaaaaaaaa', message: 'broken: aaaaaaaaaaaa', failures: 2 },
        ...{ firstSeen: '2026-03-01T10:00:00.000Z', lastSeen: '2026-03-01T10:00:00.000Z' },
        run: 's-1.bbbbbbbbbbbb.0',
      },
      {
        ...{ fingerprint: 'bbbbbbbbbbbb', message: 'broken: bbbbbbbbbbbb', failures: 1 },
        ...{ firstSeen: '2026-03-02T10:00:00.000Z', lastSeen: '2026-03-02T10:00:00.000Z' },
        run: 's-1.bbbbbbbbbbbb.1',
      },
    ],
  })
  expect(await store.history.test({ repo: REPO, test: 'flaky', since: '2026-03-02' })).toMatchObject({
    ...{ runs: 1, failures: 1, firstSeen: '2026-03-01T10:00:00.000Z' },
    commits: [{ sha: sha('b'), runs: 1 }],
    fingerprints: [{ fingerprint: 'bbbbbbbbbbbb' }],
  })
  const { tests } = await store.history.tests({ sort: 'rate', limit: 10, since: '2026-03-02', daysFrom: '2026-03-02' })
  expect(tests).toMatchObject([
    { test: 'flaky', flaky: true, commits: 2, fingerprints: 2, lastFailed: '2026-03-02T10:00:00.000Z' },
    { test: 'new', flaky: false, runs: 1, commits: 1, firstFailed: null },
    { test: 'steady', runs: 4, failures: 0, fingerprints: 0, days: [{ day: '2026-03-02', runs: 1, failures: 0 }] },
  ])
  expect(await store.history.test({ repo: REPO, test: 'other' })).toBeUndefined()
})

it('a seed counts once under the same conditions, however often it is run or folded', async () => {
  const { store } = await temporaryStore()
  await play(store, { id: 's-1', commits: { a: runs(3, ['one']) } })
  await store.history.fold('s-1', sha('a'))
  await play(store, { id: 'replay', spec: { seed: null }, commits: { a: [{ seed: 2, tests: ['!one'] }] } })
  const counts = () => store.history.test({ repo: REPO, test: 'one' })
  expect(await counts()).toMatchObject({ runs: 3, failures: 0 })
  await play(store, { id: 'env', spec: { env: { A: '1' } }, commits: { a: [{ seed: 2, tests: ['!one'] }] } })
  expect(await counts()).toMatchObject({ runs: 4, failures: 1 })
  await play(store, {
    id: 'round',
    spec: { partOf: { kind: 'search', id: 'search', round: 1 } },
    commits: { a: runs(2, ['one'], 3) },
  })
  expect(await counts()).toMatchObject({ runs: 5, failures: 1 })
  await play(store, {
    id: 'question',
    spec: { partOf: { kind: 'isolation', id: 'isolation', round: 1 } },
    commits: { a: runs(2, ['!one'], 50) },
  })
  expect(await counts()).toMatchObject({ runs: 5, failures: 1 })
  expect([...(await store.history.seedsAt({ sha: sha('a'), spec: suiteSpec('x') }))]).toEqual([1, 2, 3, 4])
})

it('only what a verdict rests on counts, and of a suite without one the finished beginning', async () => {
  const { store } = await temporaryStore()
  await play(store, {
    id: 'until',
    spec: { until: 'verdict' },
    commits: { a: runs(5, ['!one']) },
    verdicts: { a: { evidence: 2, stoppedEarly: true } },
  })
  await play(store, {
    id: 'cancelled',
    commits: {
      b: [
        { seed: 1, tests: ['one'] },
        { seed: 2, outcome: 'error' },
        { seed: 3, tests: ['one'] },
        { seed: 4, outcome: 'cancelled' },
        { seed: 5, tests: ['!one'] },
      ],
    },
    status: 'cancelled',
  })
  const history = await store.history.test({ repo: REPO, test: 'one' })
  expect(history?.commits).toMatchObject([
    { sha: sha('a'), runs: 2, failures: 2 },
    { sha: sha('b'), runs: 2, failures: 0 },
  ])
})

it('an extension adds what is new, repeated errors among it', async () => {
  const { store } = await temporaryStore()
  await play(store, {
    id: 's-1',
    commits: {
      a: [
        { seed: 1, tests: ['one'] },
        { seed: 2, outcome: 'error' },
      ],
    },
  })
  await store.suites.extend('s-1', { number: 1, requestDigest: 'e', seeds: [3], errors: true })
  expect(await store.history.unfolded(10)).toEqual([])
  await record(store, 's-1', 'a', [
    { seed: 1, tests: ['one'] },
    { seed: 2, tests: ['!one'], generation: 1 },
    { seed: 3, tests: ['one'] },
  ])
  await end(store, 's-1', 'completed', 1)
  expect(await store.history.test({ repo: REPO, test: 'one' })).toMatchObject({ runs: 3, failures: 1 })
})

it('runs without any report count for their command', async () => {
  const { store } = await temporaryStore()
  await play(store, {
    id: 's-1',
    commits: { a: [{ seed: 1 }, { seed: 2, outcome: 'timed_out' }, { seed: 3, outcome: 'crashed' }] },
  })
  const { tests } = await store.history.tests({ repo: REPO, sort: 'rate', limit: 5 })
  expect(tests).toMatchObject([{ test: '(command) make check', runs: 3, failures: 2, flaky: true, fingerprints: 0 }])
})

it('who may see some suites only has the history of those', async () => {
  const { store } = await temporaryStore()
  const of = (key: string | null) => ({ network: { key } })
  await play(store, { id: 'mine', spec: of('me'), commits: { a: runs(2, ['one', 'secret of me']) } })
  await play(store, { id: 'theirs', spec: of('them'), commits: { a: runs(4, ['!one']), c: runs(1, ['!one']) } })
  await play(store, { id: 'nobodys', spec: of(null), commits: { b: runs(1, ['one']) } })
  const counts = async (owner?: SuiteOwner) => {
    const history = await store.history.test({ repo: REPO, test: 'one', owner })
    const { tests } = await store.history.tests({ sort: 'rate', limit: 9, owner })
    return { runs: history?.runs, failures: history?.failures, commits: history?.commits.length, listed: tests }
  }
  expect(await counts({ key: 'me', orNobodys: true })).toMatchObject({
    ...{ runs: 3, failures: 0, commits: 2 },
    listed: [{ test: 'one', runs: 3, failures: 0, fingerprints: 0, flaky: false }, { test: 'secret of me' }],
  })
  const theirs = await counts({ key: 'them', orNobodys: true })
  expect(theirs).toMatchObject({ runs: 6, failures: 5, commits: 3, listed: [{ test: 'one', runs: 6, commits: 3 }] })
  expect(theirs.listed).toHaveLength(1)
  expect(await counts({ key: 'other', orNobodys: true })).toMatchObject({ runs: 1, commits: 1 })
  // Seeds 1 and 2 of the same commit were run by both: whoever sees both counts them once.
  expect(await counts()).toMatchObject({ runs: 6, failures: 3, commits: 3 })
  expect(await store.history.test({ repo: REPO, test: 'secret of me', owner: { key: 'them', orNobodys: true } })).toBe(
    undefined,
  )
})

it('pages go through every test once, in each order', async () => {
  const { store } = await temporaryStore()
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  const fails = (seed: number) =>
    names.map((name, index) => (index < 4 && seed % (index + 2) === 0 ? `!${name}` : name))
  const all = Array.from({ length: 12 }, (_, index) => ({ seed: index + 1, tests: fails(index + 1) }))
  await play(store, { id: 's-1', commits: { a: all } })
  await play(store, { id: 's-2', spec: { repo: '/repositories/two' }, commits: { a: runs(1, ['a', '!b']) } })
  for (const sort of ['rate', 'recent', 'name'] as const) {
    const whole = await store.history.tests({ sort, limit: 100 })
    expect(whole).toMatchObject({ next: null })
    expect(whole.tests).toHaveLength(9)
    const paged: unknown[] = []
    let cursor: string | null | undefined
    do {
      const page = await store.history.tests({ sort, limit: 2, ...(cursor == null ? {} : { cursor }) })
      paged.push(...page.tests)
      cursor = page.next
    } while (cursor !== null)
    expect(paged).toEqual(whole.tests)
  }
  const order = async (query: object) =>
    (await store.history.tests({ sort: 'rate', limit: 100, ...query })).tests.map(({ test }) => test)
  expect(await order({ repo: REPO })).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
  expect(await order({ flaky: true })).toEqual(['a', 'b', 'c', 'd'])
  expect(await order({ flaky: false })).toEqual(['b', 'e', 'f', 'g', 'a'])
  await expect(store.history.tests({ sort: 'rate', limit: 1, cursor: 'abc' })).rejects.toMatchObject({
    code: 'invalid_input',
  })
})

it('suites that ended before anyone counted them are found, and open ones are not', async () => {
  const { store } = await temporaryStore()
  await play(store, { id: 'open', commits: { a: runs(1, ['one']) }, status: 'running' })
  expect(await store.history.unfolded(10)).toEqual([])
  const event = {
    suite: 'open',
    type: 'suite.finished',
    subject: 'open',
    ordinal: 0,
    data: { status: 'failed' },
  } as const
  await store.suites.setStatus('open', 'failed', event)
  expect(await store.history.unfolded(10)).toEqual(['open'])
  await store.history.foldSuite('open')
  expect(await store.history.unfolded(10)).toEqual([])
  expect(await store.history.test({ repo: REPO, test: 'one' })).toMatchObject({ runs: 1 })
})

it('the history of removed suites stays, names of tests with it', async () => {
  const { store } = await temporaryStore()
  await play(store, { id: 's-1', commits: { a: runs(2, ['!one', 'two']) } })
  const before = await store.history.test({ repo: REPO, test: 'one' })
  await store.suites.remove('s-1')
  expect(await store.history.test({ repo: REPO, test: 'one' })).toEqual(before)
  await play(store, { id: 's-1', commits: { a: runs(3, ['one', 'two']) } })
  expect(await store.history.test({ repo: REPO, test: 'one' })).toMatchObject({ runs: 3, failures: 2 })
})
