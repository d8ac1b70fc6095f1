import { expect, test } from 'vitest'
import { OUTCOMES } from '../../../src/contract/index.ts'
import { OTHER_SHA, runResult, SHA } from './samples.ts'
import { storeWithSuite, temporaryStore } from './temporary-store.ts'

test('of two results of one run the first stays, with one event', async () => {
  const { store } = await storeWithSuite()
  const first = runResult()
  expect(await store.results.record(first)).toEqual({ inserted: true, result: first })
  const second = runResult({ outcome: 'failed', exitCode: 1 })
  expect(await store.results.record(second)).toEqual({ inserted: false, result: first })
  expect(await store.results.get(first)).toEqual(first)
  expect(await store.events.read('s-1', 0, 10)).toMatchObject([
    { seq: 1, type: 'run.finished', data: { run: `s-1.${SHA.slice(0, 12)}.0`, outcome: 'passed', seed: 11 } },
  ])
})

test('a result of a suite that is not on record is refused', async () => {
  const { store } = await temporaryStore()
  await expect(store.results.record(runResult())).rejects.toMatchObject({ code: 'suite_not_found' })
})

test('a run without a result is undefined', async () => {
  const { store } = await storeWithSuite()
  expect(await store.results.get(runResult({ attempt: 5 }))).toBeUndefined()
})

test('only the newest generation of an attempt counts; older ones stay on record', async () => {
  const { store } = await storeWithSuite()
  const lost = runResult({ outcome: 'error', exitCode: null })
  const again = runResult({ generation: 1, outcome: 'failed', exitCode: 1 })
  await store.results.record(lost)
  await store.results.record(again)
  expect(await store.results.tally('s-1', SHA)).toMatchObject({ errors: 0, failed: 1 })
  expect(await store.results.list({ suite: 's-1', limit: 10 })).toEqual([again])
  expect(await store.results.get(lost)).toEqual(lost)
  const runs = (await store.events.read('s-1', 0, 10)).map((event) => 'run' in event.data && event.data.run)
  expect(runs).toEqual([`s-1.${SHA.slice(0, 12)}.0`, `s-1.${SHA.slice(0, 12)}.0.g1`])
})

test('an older generation that arrives late does not count', async () => {
  const { store } = await storeWithSuite()
  await store.results.record(runResult({ generation: 2 }))
  await store.results.record(runResult({ generation: 1, outcome: 'failed' }))
  expect(await store.results.tally('s-1', SHA)).toMatchObject({ passed: 1, failed: 0 })
})

test('tallies count every outcome of every commit', async () => {
  const { store } = await storeWithSuite()
  for (const [attempt, outcome] of OUTCOMES.entries()) await store.results.record(runResult({ attempt, outcome }))
  await store.results.record(runResult({ sha: OTHER_SHA, outcome: 'timed_out' }))
  const each = { passed: 1, failed: 1, timedOut: 1, crashed: 1, errors: 1, cancelled: 1 }
  const timedOut = { passed: 0, failed: 0, timedOut: 1, crashed: 0, errors: 0, cancelled: 0 }
  expect(await store.results.tally('s-1', SHA)).toEqual(each)
  expect(await store.results.tallies('s-1')).toEqual(
    new Map([
      [SHA, each],
      [OTHER_SHA, timedOut],
    ]),
  )
  expect(await store.results.tally('s-1', 'c3'.repeat(20))).toMatchObject({ passed: 0, failed: 0 })
})

test('results are listed by attempt, in pages, by commit and outcome', async () => {
  const { store } = await storeWithSuite()
  for (const attempt of [3, 1, 0, 2]) {
    await store.results.record(runResult({ attempt, outcome: attempt % 2 === 0 ? 'passed' : 'failed' }))
  }
  await store.results.record(runResult({ sha: OTHER_SHA, attempt: 1 }))
  const attempts = async (query: Partial<Parameters<typeof store.results.list>[0]>) =>
    (await store.results.list({ suite: 's-1', limit: 10, ...query })).map((result) => result.attempt)
  expect(await attempts({ sha: SHA })).toEqual([0, 1, 2, 3])
  expect(await attempts({ sha: SHA, fromAttempt: 1, limit: 2 })).toEqual([1, 2])
  expect(await attempts({ sha: SHA, outcome: 'failed' })).toEqual([1, 3])
  expect(await attempts({})).toEqual([0, 1, 1, 2, 3])
})

test('exit codes are counted over the runs that gave a test result', async () => {
  const { store } = await storeWithSuite()
  await store.results.record(runResult({ attempt: 0, outcome: 'failed', exitCode: 127 }))
  await store.results.record(runResult({ attempt: 1, outcome: 'failed', exitCode: 127 }))
  await store.results.record(runResult({ attempt: 2, outcome: 'crashed', exitCode: null, signal: 'SIGSEGV' }))
  await store.results.record(runResult({ attempt: 3, outcome: 'error', exitCode: null }))
  expect(await store.results.exitCodes('s-1', SHA)).toEqual([
    { exitCode: null, runs: 1 },
    { exitCode: 127, runs: 2 },
  ])
})

test('a run that is to begin learns its tries, its result and the state of its suite at once', async () => {
  const { store } = await storeWithSuite()
  const key = { suite: 's-1', sha: SHA, attempt: 0, generation: 0 }
  const { status, createdAt } = (await store.suites.get('s-1')) ?? {}
  const fresh = { suiteStatus: status, suiteCreatedAt: createdAt, outcome: null, failedTries: 0, begunTry: 0 }
  expect(await store.results.standing(key)).toEqual(fresh)
  const subject = `s-1.${SHA.slice(0, 12)}.0`
  const data = { sha: SHA, run: subject, attempt: 0, seed: 11 }
  for (const attemptTry of [1, 2]) {
    const about = { ...data, try: attemptTry }
    await store.events.append({
      ...{ suite: 's-1', type: 'run.started', subject, ordinal: attemptTry },
      data: { ...about, node: 'host' },
    })
  }
  await store.events.append({
    ...{ suite: 's-1', type: 'run.retried', subject, ordinal: 1 },
    data: { ...data, try: 1, fault: 'run_lost' },
  })
  expect(await store.results.standing(key)).toEqual({ ...fresh, failedTries: 1, begunTry: 2 })
  expect(await store.results.standing({ ...key, attempt: 1 })).toEqual(fresh)
  await store.results.record(runResult({ outcome: 'crashed' }))
  expect(await store.results.standing(key)).toMatchObject({ outcome: 'crashed' })
  expect(await store.results.standing({ ...key, suite: 's-2' })).toBeUndefined()
})
