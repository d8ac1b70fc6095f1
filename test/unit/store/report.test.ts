import { expect, test } from 'vitest'
import { suiteReportSchema } from '../../../src/contract/index.ts'
import { readReport } from '../../../src/store/report.ts'
import { OTHER_SHA, runResult, SHA, suiteCommit, suiteSpec } from './samples.ts'
import { storeWithSuite, temporaryStore } from './temporary-store.ts'

test('the report gives commits in the order asked for with their runs by attempt', async () => {
  const { store } = await storeWithSuite()
  await store.suites.putCommits('s-1', [suiteCommit(0, OTHER_SHA), suiteCommit(1, SHA)])
  await store.results.record(runResult({ attempt: 1, outcome: 'failed', exitCode: 1, seed: 22 }))
  await store.results.record(runResult())
  const report = await readReport(store, 's-1', { results: true })
  expect(suiteReportSchema.parse(report)).toEqual(report)
  expect(report).toMatchObject({
    suite: 's-1',
    repo: '/repositories/one',
    command: { shell: 'make check' },
    status: 'queued',
    seed: 7,
    commits: [
      { sha: OTHER_SHA, refs: ['HEAD~0'], verdict: 'inconclusive', runs: 0, failureRate: null, results: [] },
      { sha: SHA, verdict: 'flaky', runs: 2, passed: 1, failed: 1, failureRate: 0.5 },
    ],
  })
  expect(report).not.toHaveProperty('failure')
  const id = `s-1.${SHA.slice(0, 12)}.0`
  expect(report.commits[1]?.results?.map((run) => run.attempt)).toEqual([0, 1])
  expect(report.commits[1]?.results?.[0]).toEqual({
    id,
    attempt: 0,
    seed: 11,
    outcome: 'passed',
    reason: null,
    exitCode: 0,
    signal: null,
    durationMs: 12,
    tries: 1,
    node: 'host',
    artifacts: [{ name: '1.stdout', sizeBytes: 3 }],
    replay: `commit-suite replay ${id}`,
  })
})

test('a recorded verdict stands above the runs so far', async () => {
  const { store } = await storeWithSuite()
  await store.suites.putCommits('s-1', [suiteCommit(0, SHA)])
  const verdict = {
    ...({ verdict: 'inconclusive', reason: 'setup_failed', failureRate: null } as const),
    ...({ interval: null, severity: 'none', stoppedEarly: false } as const),
  }
  await store.suites.putVerdict('s-1', SHA, 0, verdict)
  await store.results.record(runResult())
  const report = await readReport(store, 's-1', { results: false })
  expect(report.commits[0]).toMatchObject({ ...verdict, runs: 1, passed: 1 })
  expect(report.commits[0]).not.toHaveProperty('results')
})

test('a failed suite says why and how long it took', async () => {
  const { store } = await temporaryStore()
  const { command: _, ...spec } = suiteSpec('s-1')
  await store.suites.create({ spec, requestDigest: 'digest', seeds: [1] })
  await store.suites.setStatus('s-1', 'failed', null, 'the repository is empty')
  const report = await readReport(store, 's-1', { results: true })
  expect(report).toMatchObject({ status: 'failed', failure: 'the repository is empty', command: null, commits: [] })
  expect((await readReport(store, 's-1', { results: true })).durationMs).toBe(report.durationMs)
})

test('runs beyond a page are all reported, once', async () => {
  const { store } = await storeWithSuite()
  await store.suites.putCommits('s-1', [suiteCommit(0, SHA)])
  for (let attempt = 0; attempt < 1_001; attempt += 1) await store.results.record(runResult({ attempt }))
  const report = await readReport(store, 's-1', { results: true })
  expect(report.commits[0]?.results?.map((run) => run.attempt)).toEqual(Array.from({ length: 1_001 }, (_, at) => at))
})

test('a suite that is not on record has no report', async () => {
  const { store } = await temporaryStore()
  await expect(readReport(store, 's-1', { results: false })).rejects.toMatchObject({ code: 'suite_not_found' })
})
