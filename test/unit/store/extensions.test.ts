import { expect, test } from 'vitest'
import type { NewSuiteEvent, SuiteStatus, Verdict } from '../../../src/contract/index.ts'
import { readReport } from '../../../src/store/report.ts'
import { OTHER_SHA, runResult, SHA, suiteCommit, suiteSpec } from './samples.ts'
import { storeWithSuite } from './temporary-store.ts'

const finished = (ordinal: number, status: SuiteStatus = 'completed'): NewSuiteEvent => ({
  ...{ suite: 's-1', type: 'suite.finished', subject: 's-1', ordinal, data: { status } },
})

const passing: Verdict = {
  ...{ verdict: 'passing', reason: null, failureRate: 0, interval: null, severity: 'none', stoppedEarly: false },
}

const extension = (number: number, seeds: number[] = [], requestDigest = `digest ${number}`) => ({
  ...{ number, seeds, requestDigest, errors: seeds.length === 0 },
})

test('an extension adds seeds and runs and opens a suite that has ended, with its event, once', async () => {
  const { store } = await storeWithSuite('s-1', [11, 22])
  await store.suites.setStatus('s-1', 'failed', finished(0, 'failed'), 'internal: broken')
  await store.suites.extend('s-1', extension(1, [33, 44]))
  const extended = await store.suites.get('s-1')
  expect(extended).toMatchObject({ status: 'running', failure: null, finishedAt: null, extensions: 1 })
  expect(extended?.spec.runs).toBe(suiteSpec('s-1').runs + 2)
  expect(await store.suites.seeds('s-1', 0, 100)).toEqual([11, 22, 33, 44])
  await store.suites.extend('s-1', extension(1, [55]))
  expect(await store.suites.get('s-1')).toEqual(extended)
  expect(await store.suites.extension('s-1', 1)).toEqual({ requestDigest: 'digest 1', firstAttempt: 10 })
  expect(await store.suites.extension('s-1', 2)).toBeUndefined()
  expect(await store.events.read('s-1', 0, 10)).toMatchObject([
    { seq: 1, type: 'suite.finished' },
    { seq: 2, type: 'suite.started', data: { runs: 12 } },
  ])
})

test('extensions come one after the other; one out of turn changes nothing', async () => {
  const { store } = await storeWithSuite()
  const before = await store.suites.get('s-1')
  await expect(store.suites.extend('s-1', extension(2))).rejects.toMatchObject({ code: 'extension_conflict' })
  await expect(store.suites.extend('s-9', extension(1))).rejects.toMatchObject({ code: 'suite_not_found' })
  expect(await store.suites.get('s-1')).toEqual(before)
  expect(await store.events.lastSeq('s-1')).toBe(0)
})

test('a suite that is open keeps its status, and each extension ends it once more', async () => {
  const { store } = await storeWithSuite()
  await store.suites.setStatus('s-1', 'paused', null)
  await store.suites.extend('s-1', extension(1))
  expect(await store.suites.get('s-1')).toMatchObject({ status: 'paused', idleMs: 0 })
  await store.suites.setStatus('s-1', 'completed', finished(1))
  await store.suites.extend('s-1', extension(2))
  // A late repetition of the earlier end.
  await store.suites.setStatus('s-1', 'completed', finished(1))
  expect(await store.suites.get('s-1')).toMatchObject({ status: 'running' })
  await store.suites.setStatus('s-1', 'cancelled', finished(2, 'cancelled'))
  expect(await store.suites.get('s-1')).toMatchObject({ status: 'cancelled' })
  expect(await store.events.lastSeq('s-1')).toBe(4)
})

test('a verdict of before an extension is none until the commit is judged again', async () => {
  const { store } = await storeWithSuite()
  await store.suites.putCommits('s-1', [suiteCommit(0, SHA)])
  await store.results.record(runResult())
  await store.suites.putVerdict('s-1', SHA, 0, passing)
  await store.suites.setStatus('s-1', 'completed', finished(0))
  await store.suites.extend('s-1', extension(1, [5]))
  expect(await store.suites.verdict('s-1', SHA)).toBeUndefined()
  await store.results.record(runResult({ attempt: 1, outcome: 'failed', exitCode: 1 }))
  const report = await readReport(store, 's-1', { results: false })
  expect(report).toMatchObject({ extensions: 1, commits: [{ verdict: 'flaky', failureRate: 0.5, runs: 2 }] })
  await store.suites.putVerdict('s-1', SHA, 1, passing)
  expect(await store.suites.verdict('s-1', SHA)).toEqual(passing)
})

test('unfinished are runs without a result, and where errors count those whose newest one is an error', async () => {
  const { store } = await storeWithSuite('s-1', [1, 2, 3, 4, 5, 6])
  const record = (attempt: number, fields: Parameters<typeof runResult>[0]) =>
    store.results.record(runResult({ attempt, ...fields }))
  await record(0, { outcome: 'error' })
  await record(0, { generation: 1, outcome: 'cancelled' })
  await record(1, { outcome: 'passed' })
  await record(2, { outcome: 'error' })
  await record(2, { generation: 1, outcome: 'failed' })
  await record(3, { sha: OTHER_SHA, outcome: 'passed' })
  await record(4, { outcome: 'cancelled' })
  const unfinished = (fields: object) =>
    store.results.unfinished({
      ...{ suite: 's-1', sha: SHA, after: -1, below: 6, errors: true, limit: 10 },
      ...fields,
    })
  expect(await unfinished({})).toEqual([
    { attempt: 0, generation: 2 },
    { attempt: 3, generation: 0 },
    { attempt: 4, generation: 1 },
    { attempt: 5, generation: 0 },
  ])
  expect(await unfinished({ errors: false })).toEqual([
    { attempt: 3, generation: 0 },
    { attempt: 5, generation: 0 },
  ])
  expect(await unfinished({ after: 0, below: 5, limit: 1 })).toEqual([{ attempt: 3, generation: 0 }])
})

test('runs of an extension that waits its turn are not closed with those before it', async () => {
  const { store } = await storeWithSuite('s-1', [1, 2, 3])
  const missing = { suite: 's-1', sha: SHA, outcome: 'error', reason: 'fetch_failed', node: 'host' } as const
  expect(await store.results.closeMissing({ ...missing, below: 2 })).toEqual({ closed: 2, more: false })
  expect(await store.results.closeMissing(missing)).toEqual({ closed: 1, more: false })
})
