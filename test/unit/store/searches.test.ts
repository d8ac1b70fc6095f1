import { describe, expect, test } from 'vitest'
import type { Outcome, SuiteSpec } from '../../../src/contract/index.ts'
import { linearCommits, recordSearch, searchSpec, shaAt, standing } from '../../support/recorded-search.ts'
import { OTHER_SHA, runResult, SHA, suiteCommit, suiteSpec } from './samples.ts'
import { temporaryStore } from './temporary-store.ts'

const finished = (search: string) =>
  ({ search, type: 'search.finished', ordinal: 0, data: { status: 'cancelled', answer: null, culprit: null } }) as const

test('creating a search again changes nothing and returns what is on record', async () => {
  const { store } = await temporaryStore()
  const created = await store.searches.create({ spec: searchSpec('c-1'), requestDigest: 'first' })
  expect(created).toMatchObject({ id: 'c-1', status: 'queued', commits: 0, requestDigest: 'first' })
  const again = await store.searches.create({ spec: searchSpec('c-1', { maxRuns: 5 }), requestDigest: 'second' })
  expect(again).toEqual(created)
  expect(await store.searches.get('c-2')).toBeUndefined()
})

test('a search begins once: a second beginning changes neither its range nor its events', async () => {
  const { store } = await temporaryStore()
  await recordSearch(store, { id: 'c-1', status: 'running' })
  const before = await store.searches.readEvents('c-1', 0, 100)
  const data = { repo: '/r', good: null, bad: SHA, commits: 9, historyRuns: 0, parallelism: 1, seed: 1 }
  await store.searches.begin('c-1', {
    ...{ spec: searchSpec('c-1'), commits: linearCommits(9) },
    event: { search: 'c-1', type: 'search.started', ordinal: 0, data },
  })
  expect(await store.searches.readEvents('c-1', 0, 100)).toEqual(before)
  expect(await store.searches.commits('c-1')).toEqual(linearCommits(3))
})

test('events are numbered without a gap, each written once, and read from a cursor on', async () => {
  const { store } = await temporaryStore()
  await recordSearch(store, { id: 'c-1' })
  const events = await store.searches.readEvents('c-1', 0, 100)
  expect(events.map(({ seq, type, suite }) => [seq, type, suite])).toEqual([
    [1, 'search.started', 'c-1'],
    [2, 'search.round', 'c-1'],
    [3, 'search.finished', 'c-1'],
  ])
  expect(await store.searches.readEvents('c-1', 1, 1)).toEqual(events.slice(1, 2))
  expect(await store.searches.lastSeq('c-1')).toBe(3)
})

test('what was decided after a round stays, whatever is decided again', async () => {
  const { store } = await temporaryStore()
  await recordSearch(store, { id: 'c-1', status: 'running' })
  const batches = [{ position: 1, sha: shaAt(1), suite: 'c-1-1-1', seeds: [4] }]
  const known = { ran: [], runs: 0, candidates: [], noneProbability: 1, entropyBits: 0, plausible: 0, next: [] }
  await store.searches.decide('c-1', {
    ...{ round: 0, outcomes: [], batches, standing: standing({ noneProbability: 1 }) },
    event: { search: 'c-1', type: 'search.round', ordinal: 0, data: { round: 0, ...known } },
  })
  expect(await store.searches.rounds('c-1')).toEqual([])
  expect((await store.searches.get('c-1'))?.standing?.noneProbability).toBe(0.02)
})

test('a search ends once', async () => {
  const { store } = await temporaryStore()
  await recordSearch(store, { id: 'c-1' })
  const ended = await store.searches.get('c-1')
  await store.searches.finish('c-1', 'cancelled', finished('c-1'), 'late')
  expect(await store.searches.get('c-1')).toEqual(ended)
  expect(await store.searches.lastSeq('c-1')).toBe(3)
  await expect(store.searches.finish('c-2', 'cancelled', finished('c-2'))).rejects.toMatchObject({
    code: 'search_not_found',
  })
})

test('searches are listed newest first, in pages, by repository, status and owner, and counted while open', async () => {
  const { store } = await temporaryStore()
  await recordSearch(store, { id: 'c-1', key: 'ci' })
  await recordSearch(store, { id: 'c-2', key: 'ci', status: 'running' })
  await recordSearch(store, { id: 'c-3', key: 'other', status: 'running' })
  await store.searches.create({ spec: searchSpec('c-4', { repo: '/repositories/two' }), requestDigest: 'd' })
  const ids = async (query: Partial<Parameters<typeof store.searches.list>[0]>) =>
    (await store.searches.list({ limit: 10, ...query })).map(({ id }) => id)
  expect(await ids({})).toEqual(['c-4', 'c-3', 'c-2', 'c-1'])
  expect(await ids({ limit: 1, cursor: 'c-3' })).toEqual(['c-2'])
  expect(await ids({ repo: '/repositories/two' })).toEqual(['c-4'])
  expect(await ids({ status: ['running'] })).toEqual(['c-3', 'c-2'])
  expect(await ids({ owner: { key: 'ci', orNobodys: true } })).toEqual(['c-4', 'c-2', 'c-1'])
  expect(await store.searches.countOpen('ci')).toBe(1)
  await expect(ids({ cursor: 'nope' })).rejects.toMatchObject({ code: 'search_not_found' })
})

test('a search that is removed takes all that is its own with it', async () => {
  const { store } = await temporaryStore()
  await recordSearch(store, { id: 'c-1' })
  await store.searches.remove('c-1')
  expect(await store.searches.get('c-1')).toBeUndefined()
  expect(await store.searches.commits('c-1')).toEqual([])
  expect(await store.searches.readEvents('c-1', 0, 10)).toEqual([])
})

test('suites that make the runs of a search are in no list, unless it is asked for them, and count for no owner', async () => {
  const { store } = await temporaryStore()
  const network = { key: 'ci' }
  const partOf = { kind: 'search', id: 'c-1', round: 1 } as const
  await store.suites.create({ spec: suiteSpec('alone', { network }), requestDigest: 'd', seeds: [1] })
  await store.suites.create({ spec: suiteSpec('c-1-1-1', { network, partOf }), requestDigest: 'd', seeds: [2] })
  const ids = async (partOf?: string) =>
    (await store.suites.list({ limit: 10, ...(partOf === undefined ? {} : { partOf }) })).map(({ id }) => id)
  expect(await ids()).toEqual(['alone'])
  expect(await ids('search/c-1')).toEqual(['c-1-1-1'])
  expect(await ids('isolation/c-1')).toEqual([])
  expect(await ids('any')).toEqual(['c-1-1-1', 'alone'])
  expect(await store.suites.countOpen('ci')).toBe(1)
})

describe('what earlier suites say', () => {
  async function recorded(
    suites: { id: string; fields?: Partial<SuiteSpec>; sha?: string; ends: [number, Outcome][] }[],
  ) {
    const { store } = await temporaryStore()
    for (const { id, fields, sha = SHA, ends } of suites) {
      const seeds = ends.map(([seed]) => seed)
      await store.suites.create({ spec: suiteSpec(id, fields), requestDigest: 'd', seeds })
      await store.suites.putCommits(id, [suiteCommit(0, sha)])
      for (const [attempt, [seed, outcome]] of ends.entries()) {
        if (seed === 0) continue
        await store.results.record(runResult({ suite: id, sha, attempt, seed, outcome, artifacts: [] }))
      }
    }
    const history = async (more: { repo?: string; shas?: string[] } = {}) => {
      const { repo = '/repositories/one', shas = [SHA] } = more
      const isComparable = (spec: SuiteSpec) => spec.workdir === '.'
      return Object.fromEntries(await store.searches.history({ repo, shas: new Set(shas), isComparable }))
    }
    return { store, history }
  }

  test('is counted by commit: failures of every kind, and no error', async () => {
    const { history } = await recorded([
      {
        id: 'one',
        ends: [
          [1, 'passed'],
          [2, 'failed'],
          [3, 'timed_out'],
          [4, 'crashed'],
          [5, 'error'],
          [6, 'passed'],
        ],
      },
      { id: 'two', sha: OTHER_SHA, ends: [[7, 'passed']] },
    ])
    expect(await history({ shas: [SHA, OTHER_SHA] })).toEqual({
      [SHA]: { runs: 5, failures: 3 },
      [OTHER_SHA]: { runs: 1, failures: 0 },
    })
    expect(await history()).toEqual({ [SHA]: { runs: 5, failures: 3 } })
  })

  test('counts a seed once for a commit, by the first run', async () => {
    const { history } = await recorded([
      {
        id: 'one',
        ends: [
          [1, 'failed'],
          [2, 'passed'],
        ],
      },
      { id: 'replay', ends: [[1, 'passed']] },
      { id: 'elsewhere', sha: OTHER_SHA, ends: [[1, 'passed']] },
    ])
    expect(await history({ shas: [SHA, OTHER_SHA] })).toEqual({
      [SHA]: { runs: 2, failures: 1 },
      [OTHER_SHA]: { runs: 1, failures: 0 },
    })
  })

  test('is only the longest finished beginning of each suite', async () => {
    const { history } = await recorded([
      // 0 stands for a run that is still under way.
      {
        id: 'running',
        ends: [
          [1, 'passed'],
          [0, 'failed'],
          [3, 'failed'],
        ],
      },
      {
        id: 'cancelled',
        ends: [
          [4, 'failed'],
          [5, 'cancelled'],
          [6, 'failed'],
        ],
      },
    ])
    expect(await history()).toEqual({ [SHA]: { runs: 2, failures: 1 } })
  })

  test('ends where the evidence of a suite that stopped early does', async () => {
    const ends: [number, Outcome][] = [
      [1, 'passed'],
      [2, 'failed'],
      [3, 'passed'],
      [4, 'failed'],
    ]
    const { store, history } = await recorded([{ id: 'early', fields: { until: 'verdict' }, ends }])
    await store.suites.putVerdict('early', SHA, 0, {
      ...{ verdict: 'flaky', reason: null, failureRate: 0.5, interval: null, severity: 'high', stoppedEarly: true },
      evidence: 2,
    })
    expect(await history()).toEqual({ [SHA]: { runs: 2, failures: 1 } })
  })

  test('is nothing of other repositories and of suites that are not comparable', async () => {
    const { history } = await recorded([
      { id: 'other', fields: { repo: '/repositories/two' }, ends: [[1, 'failed']] },
      { id: 'elsewhere', fields: { workdir: 'sub' }, ends: [[2, 'failed']] },
    ])
    expect(await history()).toEqual({})
  })

  test('tells which seeds a repository has seen', async () => {
    const { store } = await recorded([
      {
        id: 'one',
        ends: [
          [1, 'passed'],
          [2, 'passed'],
        ],
      },
      { id: 'other', fields: { repo: '/repositories/two' }, ends: [[3, 'passed']] },
    ])
    const asked = Array.from({ length: 2_500 }, (_, index) => index + 2)
    expect([...(await store.searches.seedsInUse('/repositories/one', asked))]).toEqual([2])
  })
})
