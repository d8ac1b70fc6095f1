import { expect, test } from 'vitest'
import { type ReportedCommit, type RunTests, type SuiteSpec, suiteReportSchema } from '../../../src/contract/index.ts'
import { alwaysValid } from '../../../src/stats/always-valid.ts'
import { clopperPearson, zeroFailureUpperBound } from '../../../src/stats/interval.ts'
import { readReport } from '../../../src/store/report.ts'
import type { Store } from '../../../src/store/store.ts'
import { runResult, runTests, SHA, suiteCommit, suiteSpec } from './samples.ts'
import { temporaryStore } from './temporary-store.ts'

const BOOM = { fingerprint: '0123456789ab', message: 'boom' }
const failing = (ids: string[], ...ran: string[]) => runTests(ran, { failed: ids.map((id) => ({ id, ...BOOM })) })

async function suiteWith(fields: Partial<SuiteSpec>, seeds: number): Promise<Store> {
  const { store } = await temporaryStore()
  const drawn = Array.from({ length: seeds }, (_, at) => at + 1)
  await store.suites.create({ spec: suiteSpec('s-1', fields), requestDigest: 'digest', seeds: drawn })
  await store.suites.putCommits('s-1', [suiteCommit(0, SHA)])
  return store
}

/** Records runs that failed where a test did. */
async function record(store: Store, runs: (RunTests | undefined)[], fields = {}) {
  for (const [attempt, tests] of runs.entries()) {
    const outcome = tests === undefined || tests.failed.length > 0 ? 'failed' : 'passed'
    await store.results.record(runResult({ attempt, outcome, ...fields }), tests)
  }
}

async function reported(store: Store): Promise<ReportedCommit> {
  const report = await readReport(store, 's-1', { results: false })
  expect(suiteReportSchema.parse(report)).toEqual(report)
  const [commit] = report.commits
  if (commit === undefined) throw new Error('no commit')
  return commit
}

const decide = (store: Store, fields: Partial<ReportedCommit>) =>
  store.suites.putVerdict('s-1', SHA, 0, {
    ...{ verdict: 'flaky', reason: null, failureRate: 0.5, severity: 'high', stoppedEarly: false },
    ...{ interval: clopperPearson(1, 2) },
    ...fields,
  })

test('tests that failed stand first, each with its rate, interval and verdict', async () => {
  const store = await suiteWith({ runs: 4 }, 4)
  await record(store, [
    runTests(['a', 'b', 'z']),
    failing(['z'], 'a', 'b', 'z'),
    failing(['b', 'z'], 'a', 'b', 'z'),
    runTests(['a'], { skipped: ['c'] }),
  ])
  await decide(store, {})
  const { tests, testCount } = await reported(store)
  expect(testCount).toBe(4)
  expect(tests?.map(({ id, verdict, reason }) => [id, verdict, reason])).toEqual([
    ['b', 'flaky', null],
    ['z', 'flaky', null],
    ['a', 'passing', null],
    ['c', 'inconclusive', 'only_missing'],
  ])
  expect(tests?.[1]).toEqual({
    ...{ id: 'z', runs: 3, failed: 2, missing: 1, skipped: 0, failureRate: 2 / 3 },
    ...{ interval: clopperPearson(2, 3), verdict: 'flaky', reason: null, severity: 'high' },
    failures: [{ ...BOOM, runs: 2, example: `s-1.${SHA.slice(0, 12)}.1` }],
  })
  expect(tests?.[2]?.upperBound).toEqual(zeroFailureUpperBound(4))
})

test('a report without reports of tests says nothing of them', async () => {
  const store = await suiteWith({ runs: 1 }, 1)
  await record(store, [undefined])
  for (const name of ['tests', 'testCount', 'outsideTests', 'unreadableReports', 'independence']) {
    expect(await reported(store)).not.toHaveProperty(name)
  }
})

test('of a commit that stopped early only the evidence counts, with always-valid intervals', async () => {
  const store = await suiteWith({ runs: 1_000, until: 'verdict' }, 5)
  const [both, failed] = [runTests(['a', 'b']), failing(['a'], 'a', 'b')]
  await record(store, [failed, both, failed, failed, failing(['b'], 'a', 'b')])
  await decide(store, { stoppedEarly: true, evidence: 4, interval: alwaysValid(3, 4) })
  const { tests } = await reported(store)
  expect(tests).toMatchObject([
    { id: 'a', runs: 4, failed: 3, verdict: 'flaky', interval: alwaysValid(3, 4) },
    { id: 'b', runs: 4, failed: 0, verdict: 'passing', interval: alwaysValid(0, 4) },
  ])
})

test('a test that failed once under early stopping is not called flaky without proof', async () => {
  const store = await suiteWith({ runs: 1_000, until: 'verdict' }, 30)
  await record(store, [failing(['a'], 'a'), ...Array.from({ length: 10 }, () => runTests(['a']))])
  expect((await reported(store)).tests).toMatchObject([{ verdict: 'inconclusive', reason: 'undecided', failed: 1 }])
})

test('while a suite runs only the longest finished prefix counts', async () => {
  const store = await suiteWith({ runs: 5 }, 5)
  await record(store, [runTests(['a']), runTests(['a'])])
  await store.results.record(runResult({ attempt: 4, outcome: 'failed' }), failing(['a'], 'a'))
  expect(await reported(store)).toMatchObject({ runs: 2, tests: [{ runs: 2, failed: 0, interval: alwaysValid(0, 2) }] })
})

test('thresholds of the commit make the severity of its tests', async () => {
  const store = await suiteWith({ runs: 4 }, 4)
  const severityThresholds = { critical: 0.2, high: 0.1, medium: 0.05, low: 0.01 }
  await store.rules.put('s-1', SHA, { severityThresholds, ignored: 0, quarantined: 0 })
  await record(store, [failing(['a'], 'a'), runTests(['a']), runTests(['a']), runTests(['a'])])
  expect((await reported(store)).tests).toMatchObject([{ failureRate: 0.25, severity: 'critical' }])
})

test('runs that depend on their machine are said to, with a wider interval', async () => {
  const store = await suiteWith({ runs: 40 }, 40)
  for (let attempt = 0; attempt < 40; attempt++) {
    const bad = attempt % 4 === 0
    const outcome = bad ? 'failed' : 'passed'
    await store.results.record(runResult({ attempt, outcome, node: bad ? 'bad' : `good-${attempt % 4}` }))
  }
  await decide(store, { interval: clopperPearson(10, 40) })
  const { independence } = await reported(store)
  expect(independence).toMatchObject({ machines: 4, runs: 40, untestable: null, clustered: true })
  expect(independence?.effectiveRuns).toBeLessThan(10)
  expect(independence?.interval.high).toBeGreaterThan(clopperPearson(10, 40).high)
})

test('errors of another machine do not make two of one', async () => {
  const store = await suiteWith({ runs: 3 }, 3)
  await record(store, [runTests(['a']), runTests(['a'])])
  await store.results.record(runResult({ attempt: 2, outcome: 'error', node: 'other' }))
  expect(await reported(store)).not.toHaveProperty('independence')
})

test('reports that could not be read and failures beside the tests are told', async () => {
  const store = await suiteWith({ runs: 2 }, 2)
  const outsideTests = [{ id: 'package/x', ...BOOM }]
  const unreadable = [{ name: 'junit.xml', why: 'unclosed tag' }]
  await record(store, [runTests(['a'], { outsideTests }), runTests([], { unreadable })])
  expect(await reported(store)).toMatchObject({
    tests: [{ id: 'a', runs: 1, missing: 1 }],
    outsideTests: [{ name: 'package/x', runs: 1, ...BOOM }],
    unreadableReports: { reports: 1, runs: 1, why: 'junit.xml: unclosed tag' },
  })
})

test('of 2,000 tests as many are listed as asked for, those that failed first, and all are counted', async () => {
  const store = await suiteWith({ runs: 1 }, 1)
  const names = Array.from({ length: 2_000 }, (_, at) => `t${String(at).padStart(4, '0')}`)
  await record(store, [failing(['t1999'], ...names)])
  const report = await readReport(store, 's-1', { results: false, tests: 3 })
  expect(report.commits[0]).toMatchObject({
    testCount: 2_000,
    tests: [{ id: 't1999' }, { id: 't0000' }, { id: 't0001' }],
  })
  expect(report.commits[0]?.tests).toHaveLength(3)
})
