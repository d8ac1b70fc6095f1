import { afterAll, beforeAll, expect, it } from 'vitest'
import { historyPageSchema, testHistorySchema } from '../../../src/contract/http/tests.ts'
import { GatewayBench } from '../../support/gateway-bench.ts'
import { play } from '../../unit/store/history-play.ts'

let bench: GatewayBench
const secrets: Record<string, string> = {}
beforeAll(async () => {
  bench = await GatewayBench.start()
  for (const name of ['mine', 'theirs']) secrets[name] = await bench.key(name, 'read')
  secrets.admin = await bench.key('root', 'admin')
  const suite = (id: string, key: string | null, tests: string[], from: number) =>
    play(bench.store, {
      ...{ id, spec: { network: { key } } },
      commits: { a: Array.from({ length: 6 }, (_, index) => ({ seed: from + index, tests })) },
    })
  await suite('s-mine', 'mine', ['shared', 'of mine'], 1)
  await suite('s-theirs', 'theirs', ['!shared@aaaaaaaaaaaa', '!of theirs'], 11)
  await suite('s-nobodys', null, ['shared'], 21)
})
afterAll(() => bench.stop())

const REPO = encodeURIComponent('/repositories/one')
const ask = async (key: string, path: string) => {
  const answer = await bench.call('GET', path, { key: secrets[key] })
  return { status: answer.status, json: answer.json() }
}
const list = async (key: string, query = '') => {
  const { status, json } = await ask(key, `/v1/tests?${query}`)
  expect(status).toBe(200)
  return historyPageSchema.parse(json).tests
}
const history = (key: string, test: string) =>
  ask(key, `/v1/tests/history?repo=${REPO}&test=${encodeURIComponent(test)}`)

it("a key has the history of its own suites and of nobody's, an admin that of all", async () => {
  expect((await list('mine')).map(({ test, runs, failed }) => [test, runs, failed])).toEqual([
    ['of mine', 6, 0],
    ['shared', 12, 0],
  ])
  expect((await list('theirs')).map(({ test, runs, failed }) => [test, runs, failed])).toEqual([
    ['of theirs', 6, 6],
    ['shared', 12, 6],
  ])
  expect((await list('admin')).map(({ test, runs, failed }) => [test, runs, failed])).toEqual([
    ['of theirs', 6, 6],
    ['shared', 18, 6],
    ['of mine', 6, 0],
  ])
  const seen = await history('mine', 'shared')
  expect(testHistorySchema.parse(seen.json)).toMatchObject({ runs: 12, failed: 0, fingerprints: [] })
  expect(await history('mine', 'of theirs')).toMatchObject({ status: 404, json: { code: 'history_not_found' } })
  const all = testHistorySchema.parse((await history('admin', 'shared')).json)
  expect(all).toMatchObject({
    ...{ runs: 18, failed: 6, interval: { method: 'always-valid' } },
    ...{ commits: [{ runs: 18 }], days: [{ runs: 18 }], fingerprints: [{ fingerprint: 'aaaaaaaaaaaa', failures: 6 }] },
  })
  expect(JSON.stringify(seen.json)).not.toContain('theirs')
})

it('what is asked for is checked, and filters hold', async () => {
  expect((await list('admin', `repo=${REPO}&flaky=1`)).map(({ test }) => test)).toEqual(['shared'])
  expect(await list('admin', 'repo=other')).toEqual([])
  expect(await list('admin', 'days=1')).toEqual([])
  for (const query of ['days=0', 'days=x', 'flaky=yes', 'sort=age', 'limit=5000', 'cursor=nope', 'else=1']) {
    expect(await ask('admin', `/v1/tests?${query}`)).toMatchObject({ status: 400, json: { code: 'invalid_input' } })
  }
})
