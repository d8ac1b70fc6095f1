import { afterAll, beforeAll, expect, it } from 'vitest'
import { suiteDocumentSchema, testPageSchema } from '../../../src/contract/http/suites.ts'
import { readReport } from '../../../src/store/report.ts'
import { GatewayBench } from '../../support/gateway-bench.ts'
import { OTHER_SHA, runResult, runTests, SHA, suiteCommit, suiteSpec } from '../../unit/store/samples.ts'

// Tests of a suite beyond what its document lists.

const TESTS = 1_500
const names = Array.from({ length: TESTS }, (_, at) => `tests.test_${String(at).padStart(4, '0')}::test`)

let bench: GatewayBench
beforeAll(async () => {
  bench = await GatewayBench.start()
  const { store } = bench
  await store.suites.create({ spec: suiteSpec('large', { runs: 2 }), requestDigest: 'digest', seeds: [1, 2] })
  await store.suites.putCommits('large', [suiteCommit(0, SHA), suiteCommit(1, OTHER_SHA)])
  const failed = [{ id: names.at(-1) ?? '', fingerprint: '0123456789ab', message: 'boom' }]
  for (const sha of [SHA, OTHER_SHA]) {
    await store.results.record(runResult({ suite: 'large', sha }), runTests(names))
    await store.results.record(
      runResult({ suite: 'large', sha, attempt: 1, outcome: 'failed' }),
      runTests(names, { failed }),
    )
  }
})
afterAll(() => bench.stop())

const get = async (path: string): Promise<unknown> => (await bench.call('GET', path)).json()

it('a document lists a thousand tests at most, shared by its commits, and says how many there are', async () => {
  const { commits } = suiteDocumentSchema.parse(await get('/v1/suites/large'))
  for (const { tests = [], testCount } of commits) {
    expect(testCount).toBe(TESTS)
    expect(tests).toHaveLength(500)
    // Those that failed are never cut off by those that did not.
    expect(tests[0]).toMatchObject({ id: names.at(-1), failed: 1, failures: [{ message: 'boom', runs: 1 }] })
  }
})

it.each([1_000, 499])('pages of %d hold all tests once, in the order of the report', async (limit) => {
  const found: { sha: string; id: string }[] = []
  for (let cursor = ''; ; ) {
    const page = testPageSchema.parse(await get(`/v1/suites/large/tests?limit=${limit}${cursor}`))
    found.push(...page.tests.map(({ sha, id }) => ({ sha, id })))
    if (page.next === null) break
    cursor = `&cursor=${page.next}`
  }
  const report = await readReport(bench.store, 'large', { results: false })
  expect(found).toEqual(report.commits.flatMap(({ sha, tests = [] }) => tests.map(({ id }) => ({ sha, id }))))
  expect(found).toHaveLength(2 * TESTS)
})

it('pages of one commit hold its tests only', async () => {
  const { tests, next } = testPageSchema.parse(
    await get(`/v1/suites/large/tests?commit=${OTHER_SHA.slice(0, 12)}&limit=2`),
  )
  expect(tests.map(({ sha, id }) => [sha, id])).toEqual([
    [OTHER_SHA, names.at(-1)],
    [OTHER_SHA, names[0]],
  ])
  expect(next).toBe('1-2')
})

it.each(['x', '0-', '-1', '0-1-2', '9999999999-0'])('a cursor %j is refused', async (cursor) => {
  expect(await get(`/v1/suites/large/tests?cursor=${cursor}`)).toMatchObject({ code: 'invalid_input', field: 'cursor' })
})
