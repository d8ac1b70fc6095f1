import { expect, test } from 'vitest'
import { RUN_TESTS_LIMITS } from '../../../src/contract/index.ts'
import type { Store } from '../../../src/store/store.ts'
import { failuresOutsideTests } from '../../../src/store/tests/group-failures.ts'
import { tallyTests } from '../../../src/store/tests/tally-tests.ts'
import { runResult, runTests, SHA, suiteSpec } from './samples.ts'
import { countRows, storeWithSuite, type TemporaryStore } from './temporary-store.ts'

const BOOM = { fingerprint: '0123456789ab', message: 'boom at 12:30' }

async function counts(store: Store, below?: number) {
  const recorded = await store.tests.ofCommit({ suite: 's-1', sha: SHA, below })
  return recorded === undefined ? undefined : tallyTests(recorded).map(({ outcomes: _, failures: __, ...rest }) => rest)
}

/** Rows of each table that holds tests. */
async function rows(opened: TemporaryStore) {
  const tables = ['tests', 'test_sets', 'failure_sets', 'test_failures', 'failure_messages'] as const
  const counted = tables.map(async (table) => [table, await countRows(opened, table)] as const)
  return Object.fromEntries(await Promise.all(counted))
}

test('tests of each run are on record with its result: passed, failed, skipped, missing', async () => {
  const { store } = await storeWithSuite()
  const all = runTests(['a', 'b'], { skipped: ['c'] })
  await store.results.record(runResult(), all)
  await store.results.record(runResult({ attempt: 1, outcome: 'failed' }), { ...all, failed: [{ id: 'b', ...BOOM }] })
  await store.results.record(runResult({ attempt: 2, outcome: 'crashed' }), runTests(['a']))
  await store.results.record(runResult({ attempt: 3, outcome: 'timed_out' }))
  expect(await counts(store)).toEqual([
    { id: 'a', runs: 3, failed: 0, missing: 1, skipped: 0 },
    { id: 'b', runs: 2, failed: 1, missing: 2, skipped: 0 },
    { id: 'c', runs: 0, failed: 0, missing: 2, skipped: 2 },
  ])
  expect(await counts(store, 2)).toEqual([
    { id: 'a', runs: 2, failed: 0, missing: 0, skipped: 0 },
    { id: 'b', runs: 2, failed: 1, missing: 0, skipped: 0 },
    { id: 'c', runs: 0, failed: 0, missing: 0, skipped: 2 },
  ])
})

test('a commit without any report has no tests', async () => {
  const { store } = await storeWithSuite()
  await store.results.record(runResult())
  expect(await counts(store)).toBeUndefined()
})

test('errors, cancelled runs and older generations say nothing of tests', async () => {
  const { store } = await storeWithSuite()
  const failed = runTests(['a'], { failed: [{ id: 'a', ...BOOM }] })
  await store.results.record(runResult({ outcome: 'error' }), failed)
  await store.results.record(runResult({ attempt: 1, outcome: 'cancelled' }), failed)
  expect(await counts(store)).toBeUndefined()
  await store.results.record(runResult({ generation: 1, outcome: 'failed' }), failed)
  await store.results.record(runResult({ generation: 2 }), runTests(['a']))
  expect(await counts(store)).toEqual([{ id: 'a', runs: 1, failed: 0, missing: 0, skipped: 0 }])
})

test('of two results of one run the tests of the first stay', async () => {
  const { store } = await storeWithSuite()
  await store.results.record(runResult(), runTests(['a']))
  await store.results.record(runResult(), runTests(['b']))
  expect(await counts(store)).toMatchObject([{ id: 'a', runs: 1 }])
})

test('tests of a suite that is not on record are refused with its result', async () => {
  const opened = await storeWithSuite()
  const { store } = opened
  const recording = store.results.record(runResult({ suite: 'other' }), runTests(['a']))
  await expect(recording).rejects.toMatchObject({ code: 'suite_not_found' })
  expect(await rows(opened)).toMatchObject({ tests: 0, test_sets: 0 })
})

test('forty failures of one kind are one group with its first run, in one set', async () => {
  const opened = await storeWithSuite()
  const { store } = opened
  for (let attempt = 0; attempt < 50; attempt++) {
    const fails = attempt >= 10
    const failed = fails ? [{ id: 'b', ...BOOM, message: `boom ${attempt}` }] : []
    await store.results.record(
      runResult({ attempt, outcome: fails ? 'failed' : 'passed' }),
      runTests(['b'], { failed }),
    )
  }
  const recorded = await store.tests.ofCommit({ suite: 's-1', sha: SHA })
  const failures = recorded === undefined ? undefined : tallyTests(recorded)[0]?.failures
  const example = `s-1.${SHA.slice(0, 12)}.10`
  expect(failures).toEqual([{ fingerprint: BOOM.fingerprint, message: 'boom 10', runs: 40, example }])
  expect(await rows(opened)).toEqual({ tests: 1, test_sets: 1, failure_sets: 1, test_failures: 1, failure_messages: 1 })
})

test('another suite of the repository shares the names and sets, and has messages of its own', async () => {
  const opened = await storeWithSuite()
  const { store } = opened
  await store.suites.create({ spec: suiteSpec('s-2'), requestDigest: 'digest', seeds: [1] })
  const tests = runTests(['a'], { failed: [{ id: 'a', ...BOOM }] })
  await store.results.record(runResult({ outcome: 'failed' }), tests)
  const elsewhere = { ...tests, failed: [{ id: 'a', ...BOOM, message: 'boom at 17:55' }] }
  await store.results.record(runResult({ suite: 's-2', outcome: 'failed' }), elsewhere)
  expect(await rows(opened)).toEqual({ tests: 1, test_sets: 1, failure_sets: 1, test_failures: 1, failure_messages: 2 })
  const recorded = await store.tests.ofCommit({ suite: 's-2', sha: SHA })
  expect([...(recorded?.messages.values() ?? [])]).toEqual(['boom at 17:55'])
})

test('what fails and is no test is grouped like failures, and no test', async () => {
  const { store } = await storeWithSuite()
  const outsideTests = [{ id: 'package/x', ...BOOM, message: 'does not build' }]
  await store.results.record(runResult(), runTests(['a', 'package/x']))
  for (const attempt of [1, 2]) {
    await store.results.record(runResult({ attempt, outcome: 'failed' }), runTests(['a'], { outsideTests }))
  }
  const recorded = await store.tests.ofCommit({ suite: 's-1', sha: SHA })
  const { fingerprint } = BOOM
  const example = `s-1.${SHA.slice(0, 12)}.1`
  expect(recorded === undefined ? [] : failuresOutsideTests(recorded)).toEqual([
    { name: 'package/x', fingerprint, message: 'does not build', runs: 2, example },
  ])
  expect(await counts(store)).toEqual([
    { id: 'a', runs: 3, failed: 0, missing: 0, skipped: 0 },
    { id: 'package/x', runs: 1, failed: 0, missing: 2, skipped: 0 },
  ])
})

test('failures beyond those that are kept count, without a message', async () => {
  const { store } = await storeWithSuite()
  const names = Array.from({ length: RUN_TESTS_LIMITS.failures + 5 }, (_, at) => `t${String(at).padStart(5, '0')}`)
  const failed = names.slice(0, -5).map((id) => ({ id, ...BOOM }))
  const tests = runTests(names, { failed, failedBeyond: names.slice(-5) })
  await store.results.record(runResult({ outcome: 'failed' }), tests)
  const recorded = await store.tests.ofCommit({ suite: 's-1', sha: SHA })
  const tallies = recorded === undefined ? [] : tallyTests(recorded)
  expect(tallies.map(({ failed: times }) => times)).toEqual(names.map(() => 1))
  expect(tallies.filter(({ failures }) => failures.length === 0).map(({ id }) => id)).toEqual(names.slice(-5))
})

test('names of every kind come back as they are, but for what no database takes', async () => {
  const { store } = await storeWithSuite()
  const names = ['', 'é漢😀', "'; drop table tests; --", '<b>&"', '\u001b[31m', 'a\nb', `${'x'.repeat(800)}`].slice(1)
  await store.results.record(runResult(), runTests([...names, 'half \ud800', 'nul \0']))
  const found = (await counts(store))?.map(({ id }) => id)
  expect(found?.toSorted()).toEqual([...names, 'half \ufffd', 'nul \ufffd'].toSorted())
})

test('reports that cannot be read are counted, with the reason of the first', async () => {
  const { store } = await storeWithSuite()
  await store.results.record(runResult(), runTests(['a']))
  const broken = { name: 'junit.xml', why: 'unclosed tag' }
  const unreadable = runTests([], { unreadable: [broken, { ...broken, why: 'x' }] })
  await store.results.record(runResult({ attempt: 1 }), unreadable)
  const recorded = await store.tests.ofCommit({ suite: 's-1', sha: SHA })
  expect(recorded?.unreadable).toEqual({ reports: 2, runs: 1, why: 'junit.xml: unclosed tag' })
  expect(await counts(store)).toEqual([{ id: 'a', runs: 1, failed: 0, missing: 1, skipped: 0 }])
})

test('the tests of a repository go with the last of its suites', async () => {
  const opened = await storeWithSuite()
  const { store } = opened
  await store.suites.create({ spec: suiteSpec('s-2'), requestDigest: 'digest', seeds: [1] })
  await store.suites.create({ spec: suiteSpec('far', { repo: '/other' }), requestDigest: 'digest', seeds: [1] })
  const tests = runTests(['a', 'b'], { failed: [{ id: 'a', ...BOOM }] })
  for (const suite of ['s-1', 's-2', 'far']) await store.results.record(runResult({ suite, outcome: 'failed' }), tests)
  await store.suites.remove('s-1')
  expect(await rows(opened)).toEqual({ tests: 4, test_sets: 2, failure_sets: 2, test_failures: 2, failure_messages: 2 })
  await store.suites.remove('s-2')
  expect(await rows(opened)).toEqual({ tests: 2, test_sets: 1, failure_sets: 1, test_failures: 1, failure_messages: 1 })
  await store.suites.remove('far')
  expect(await rows(opened)).toEqual({ tests: 0, test_sets: 0, failure_sets: 0, test_failures: 0, failure_messages: 0 })
})

test('of writers that find the same tests missing one makes them', async () => {
  const opened = await storeWithSuite()
  const { store } = opened
  const names = Array.from({ length: 2_500 }, (_, at) => `test ${at}`)
  await Promise.all(
    [0, 1, 2, 3].map((attempt) => store.results.record(runResult({ attempt }), runTests(names.toReversed()))),
  )
  expect(await rows(opened)).toMatchObject({ tests: 2_500, test_sets: 1 })
  expect((await counts(store))?.every(({ runs }) => runs === 4)).toBe(true)
})
