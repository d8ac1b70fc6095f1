import { expect, test } from 'vitest'
import type { NewSuiteEvent, SuiteStatus, Verdict } from '../../../src/contract/index.ts'
import { OTHER_SHA, pausedEvent, runResult, SHA, suiteCommit, suiteSpec } from './samples.ts'
import { storeWithSuite, temporaryStore } from './temporary-store.ts'

const finished = (suite: string, status: SuiteStatus): NewSuiteEvent => ({
  suite,
  type: 'suite.finished',
  subject: suite,
  ordinal: 0,
  data: { status },
})

const verdict = (name: Verdict['verdict']): Verdict => ({
  verdict: name,
  reason: null,
  failureRate: 0.5,
  interval: null,
  severity: 'high',
  stoppedEarly: false,
})

test('creating a suite again changes nothing and returns what is on record', async () => {
  const { store } = await temporaryStore()
  const created = await store.suites.create({ spec: suiteSpec('s-1'), requestDigest: 'first', seeds: [5, 6] })
  expect(created).toMatchObject({
    id: 's-1',
    status: 'queued',
    failure: null,
    requestDigest: 'first',
    finishedAt: null,
  })
  expect(created.spec).toEqual(suiteSpec('s-1'))
  const again = await store.suites.create({ spec: suiteSpec('s-1', { runs: 99 }), requestDigest: 'second', seeds: [7] })
  expect(again).toEqual(created)
  expect(await store.suites.get('s-1')).toEqual(created)
  expect(await store.suites.seeds('s-1', 0, 10)).toEqual([5, 6])
  expect(await store.suites.get('s-2')).toBeUndefined()
})

test('the seeds of the largest suite are stored and read by attempt', async () => {
  const seeds = Array.from({ length: 100_000 }, (_, index) => 2 ** 31 - 1 - index)
  const { store } = await storeWithSuite('s-1', seeds)
  expect(await store.suites.seeds('s-1', 99_998, 200_000)).toEqual(seeds.slice(99_998))
  expect(await store.suites.seeds('s-1', 999, 2_001)).toEqual(seeds.slice(999, 2_001))
})

test('suites are listed newest first, in pages, by repository and status', async () => {
  const { store } = await temporaryStore()
  for (const id of ['s-1', 's-2', 's-3', 's-4']) {
    const repo = id === 's-2' ? '/repositories/two' : '/repositories/one'
    await store.suites.create({ spec: suiteSpec(id, { repo }), requestDigest: 'digest', seeds: [1] })
  }
  await store.suites.setStatus('s-3', 'completed', finished('s-3', 'completed'))
  const ids = async (query: Partial<Parameters<typeof store.suites.list>[0]>) =>
    (await store.suites.list({ limit: 10, ...query })).map((suite) => suite.id)
  expect(await ids({})).toEqual(['s-4', 's-3', 's-2', 's-1'])
  expect(await ids({ limit: 2 })).toEqual(['s-4', 's-3'])
  expect(await ids({ limit: 2, cursor: 's-3' })).toEqual(['s-2', 's-1'])
  expect(await ids({ repo: '/repositories/two' })).toEqual(['s-2'])
  expect(await ids({ status: ['completed', 'failed'] })).toEqual(['s-3'])
  await expect(ids({ cursor: 's-9' })).rejects.toMatchObject({ code: 'suite_not_found' })
})

test('a finished suite keeps its first end', async () => {
  const { store } = await storeWithSuite()
  await store.suites.setStatus('s-1', 'failed', finished('s-1', 'failed'), 'no such repository')
  const ended = await store.suites.get('s-1')
  expect(ended).toMatchObject({ status: 'failed', failure: 'no such repository' })
  expect(ended?.finishedAt).not.toBeNull()
  await store.suites.setStatus('s-1', 'cancelled', { ...finished('s-1', 'cancelled'), ordinal: 1 })
  await store.suites.setStatus('s-1', 'running', null)
  expect(await store.suites.get('s-1')).toEqual(ended)
  expect(await store.events.lastSeq('s-1')).toBe(1)
})

test('a repeated change of status does not undo a later one', async () => {
  const { store } = await storeWithSuite()
  await store.suites.setStatus('s-1', 'paused', pausedEvent('s-1', 0))
  await store.suites.setStatus('s-1', 'running', null)
  await store.suites.setStatus('s-1', 'paused', pausedEvent('s-1', 0))
  expect(await store.suites.get('s-1')).toMatchObject({ status: 'running', finishedAt: null })
  await expect(store.suites.setStatus('s-9', 'running', null)).rejects.toMatchObject({ code: 'suite_not_found' })
})

test('commits are stored once, with their events, and read in the order asked for', async () => {
  const { store } = await storeWithSuite()
  const commits = [suiteCommit(0, OTHER_SHA), suiteCommit(1, SHA, { refs: ['HEAD', 'main'], subject: 'Über "x"' })]
  await store.events.append(pausedEvent('s-1', 0))
  await store.suites.putCommits('s-1', commits)
  await store.suites.putCommits('s-1', [suiteCommit(0, SHA)])
  expect(await store.suites.commits('s-1', 0, 10)).toEqual(commits)
  expect(await store.suites.commits('s-1', 1, 1)).toEqual(commits.slice(1))
  expect(await store.suites.countCommits('s-1')).toBe(2)
  expect(await store.events.read('s-1', 1, 10)).toMatchObject([
    { seq: 2, type: 'commit.resolved', data: { sha: OTHER_SHA, position: 0 } },
    { seq: 3, type: 'commit.resolved', data: { sha: SHA, refs: ['HEAD', 'main'] } },
  ])
  expect(await store.events.append(pausedEvent('s-1', 1))).toEqual({ seq: 4, appended: true })
})

test('the commits of the largest suite are stored in one go', async () => {
  const { store } = await storeWithSuite()
  const commits = Array.from({ length: 10_000 }, (_, at) => suiteCommit(at, at.toString(16).padStart(40, '0')))
  await store.suites.putCommits('s-1', commits)
  expect(await store.suites.countCommits('s-1')).toBe(10_000)
  expect(await store.events.lastSeq('s-1')).toBe(10_000)
})

test('a newer verdict replaces the one before; a late older one does not', async () => {
  const { store } = await storeWithSuite()
  expect(await store.suites.verdict('s-1', SHA)).toBeUndefined()
  await store.suites.putVerdict('s-1', SHA, 0, verdict('flaky'))
  await store.suites.putVerdict('s-1', SHA, 1, verdict('failing'))
  await store.suites.putVerdict('s-1', SHA, 0, verdict('flaky'))
  expect(await store.suites.verdict('s-1', SHA)).toEqual(verdict('failing'))
  expect(await store.events.read('s-1', 0, 10)).toMatchObject([
    { seq: 1, type: 'commit.verdict', data: { sha: SHA, verdict: 'flaky' } },
    { seq: 2, type: 'commit.verdict', data: { sha: SHA, verdict: 'failing' } },
  ])
})

test('removing a suite removes all that belongs to it and nothing else', async () => {
  const { store, listArtifacts } = await storeWithSuite('s-1')
  await store.suites.create({ spec: suiteSpec('s-2'), requestDigest: 'digest', seeds: [1] })
  for (const suite of ['s-1', 's-2']) {
    const key = runResult({ suite })
    await store.suites.putCommits(suite, [suiteCommit(0, SHA)])
    await store.logs.append({ ...key, try: 1, stream: 'stdout' }, 0, Buffer.from('live'))
    await store.artifacts.putBytes(key, 'report.xml', Buffer.from('<x/>'))
    await store.results.record(key)
    await store.suites.putVerdict(suite, SHA, 0, verdict('passing'))
  }
  await store.suites.remove('s-1')
  await store.suites.remove('s-1')
  expect(await store.suites.get('s-1')).toBeUndefined()
  expect(await store.suites.seeds('s-1', 0, 10)).toEqual([])
  expect(await store.suites.countCommits('s-1')).toBe(0)
  expect(await store.results.list({ suite: 's-1', limit: 10 })).toEqual([])
  expect(await store.events.read('s-1', 0, 10)).toEqual([])
  expect(await store.suites.verdict('s-1', SHA)).toBeUndefined()
  expect(await store.logs.nextOffset({ ...runResult(), try: 1, stream: 'stdout' })).toBe(0)
  expect(await listArtifacts()).toEqual([`s-2/${SHA.slice(0, 12)}/0/report.xml`])
  expect(await store.events.lastSeq('s-2')).toBe(3)
  expect(await store.artifacts.get(runResult({ suite: 's-2' }), 'report.xml')).toEqual(Buffer.from('<x/>'))
})
