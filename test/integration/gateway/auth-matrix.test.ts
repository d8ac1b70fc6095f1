import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OPERATIONS } from '../../../src/contract/http/operations.ts'
import { parseSweepRequest, ROLES, reaches } from '../../../src/contract/index.ts'
import { GatewayBench } from '../../support/gateway-bench.ts'
import { recordIsolation } from '../../support/recorded-isolation.ts'
import { recordSearch } from '../../support/recorded-search.ts'
import { recordSuite } from '../../support/recorded-suite.ts'
import { SHA, suiteSpec } from '../../unit/store/samples.ts'

// Role × operation: what a key may call, and whose suites it may see.

let bench: GatewayBench
const secrets: Record<string, string> = {}
beforeAll(async () => {
  bench = await GatewayBench.start()
  for (const role of ROLES) secrets[role] = await bench.key(role, role)
  secrets.stranger = await bench.key('stranger', 'run')
  await recordSuite(bench.store, { id: 'of-run', runs: 3, key: 'run' })
  await recordSuite(bench.store, { id: 'of-run-open', runs: 3, status: 'running', key: 'run' })
  await recordSuite(bench.store, { id: 'of-nobody', runs: 3 })
  await recordSearch(bench.store, { id: 'c-mine', key: 'run' })
  await recordSearch(bench.store, { id: 'c-mine-open', key: 'run', status: 'running' })
  await recordSearch(bench.store, { id: 'c-of-nobody' })
  await recordIsolation(bench.store, { id: 'i-mine', key: 'run' })
  await recordIsolation(bench.store, { id: 'i-mine-open', key: 'run', status: 'running' })
  await recordIsolation(bench.store, { id: 'i-of-nobody' })
  for (const key of ['run', null]) {
    const name = key === null ? 'of-nobody' : 'mine'
    const request = { name, cron: '@daily', repo: 'https://example.org/a.git', network: { key } }
    await bench.control.sweeps.create(parseSweepRequest(request))
  }
})
afterAll(() => bench.stop())

const RUN = `of-run.${SHA.slice(0, 12)}.0`
const pathOf = (url: string): string =>
  url
    .replace(':suite', 'of-nobody')
    .replace(':search', 'c-of-nobody')
    .replace(':isolation', 'i-of-nobody')
    .replace(':sweep', 'of-nobody')
    .replace(':run', `of-nobody.${SHA.slice(0, 12)}.0`)
    .replace(':name', 'nobody')
    .replace(':environment', 'none')
    .replace('*', 'none')

/** Faces and what has no schema, with the role that each needs. */
const OTHERS = [
  { method: 'GET', url: '/metrics', role: 'read' },
  { method: 'POST', url: '/v1/codec/decode', role: 'admin' },
  { method: 'POST', url: '/v2/flaky/run', role: 'run' },
  { method: 'GET', url: '/v2/flaky/status/nope', role: 'read' },
  { method: 'POST', url: '/v2/flaky/cancel/nope', role: 'run' },
] as const

const calls = [...Object.values(OPERATIONS), ...OTHERS].map(({ method, url, role }) => ({ method, url, role }))

const writes = (method: string): boolean => method === 'POST' || method === 'PATCH'

describe.each(calls)('$method $url', ({ method, url, role }) => {
  it.each(ROLES)('with a key of role %s', async (held) => {
    const { status } = await bench.call(method, pathOf(url), {
      key: secrets[held],
      body: writes(method) ? {} : undefined,
    })
    const allowed = role === null || reaches(held, role)
    if (allowed) expect(status).not.toBe(403)
    else expect(status).toBe(403)
    // What is missing or malformed is said only to those who may ask.
    if (url !== '/v1/session') expect(status).not.toBe(401)
  })

  it('without a key', async () => {
    const { status } = await bench.call(method, pathOf(url), { body: writes(method) ? {} : undefined })
    if (role === null) expect(status).not.toBe(401)
    else expect(status).toBe(401)
  })
})

it.each([
  ['GET', '/v1/suites/of-run'],
  ['GET', '/v1/suites/of-run/runs'],
  ['GET', '/v1/suites/of-run/tests'],
  ['GET', '/v1/suites/of-run/events'],
  ['GET', '/v1/suites/of-run/report.json'],
  ['GET', `/v1/runs/${RUN}`],
  ['GET', `/v1/runs/${RUN}/log`],
  ['GET', `/v1/runs/${RUN}/artifacts/x`],
  ['POST', `/v1/runs/${RUN}/replay`],
  ['POST', '/v1/suites/of-run-open/cancel'],
  ['POST', '/v1/suites/of-run-open/pause'],
  ['POST', '/v1/suites/of-run-open/resume'],
  ['GET', '/v1/searches/c-mine'],
  ['GET', '/v1/searches/c-mine/commits'],
  ['GET', '/v1/searches/c-mine/events'],
  ['POST', '/v1/searches/c-mine-open/cancel'],
  ['GET', '/v1/isolations/i-mine'],
  ['GET', '/v1/isolations/i-mine/events'],
  ['POST', '/v1/isolations/i-mine-open/cancel'],
])("%s %s of another key's suite is 404", async (method, path) => {
  const body = method === 'POST' ? {} : undefined
  expect((await bench.call(method, path, { key: secrets.stranger, body })).status).toBe(404)
  expect((await bench.call(method, path, { key: secrets.admin, body })).status).not.toBe(403)
  expect(bench.control.calls.filter((call) => call.includes('of-run-open')).length).toBeLessThan(4)
})

it.each([
  ['GET', '/v1/sweeps/mine', undefined],
  ['PATCH', '/v1/sweeps/mine', { paused: true }],
  ['POST', '/v1/sweeps/mine/trigger', undefined],
  ['POST', '/v1/sweeps/mine/backfill', { from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z' }],
  ['DELETE', '/v1/sweeps/mine', undefined],
])("%s %s of another key's sweep is 404", async (method, path, body) => {
  expect((await bench.call(method, path, { key: secrets.stranger, body })).status).toBe(404)
  expect((await bench.call(method, path, { key: secrets.run, body })).status).toBeLessThan(300)
})

it('a list shows what is your own and what is nobody’s; an admin sees all', async () => {
  const listed = async (name: string): Promise<unknown> =>
    (await bench.call('GET', '/v1/suites', { key: secrets[name] })).json()
  const ids = (...names: string[]) => ({ suites: names.map((suite) => expect.objectContaining({ suite })), next: null })
  expect(await listed('stranger')).toEqual(ids('of-nobody'))
  expect(await listed('run')).toEqual(ids('of-nobody', 'of-run-open', 'of-run'))
  expect(await listed('admin')).toEqual(ids('of-nobody', 'of-run-open', 'of-run'))
  const searches = async (name: string): Promise<unknown> =>
    (await bench.call('GET', '/v1/searches', { key: secrets[name] })).json()
  const found = (...names: string[]) => ({
    searches: names.map((search) => expect.objectContaining({ search })),
    next: null,
  })
  expect(await searches('stranger')).toEqual(found('c-of-nobody'))
  expect(await searches('run')).toEqual(found('c-of-nobody', 'c-mine-open', 'c-mine'))
  const sweeps = async (name: string): Promise<unknown> =>
    (await bench.call('GET', '/v1/sweeps', { key: secrets[name] })).json()
  const named = (...names: string[]) => ({ sweeps: names.map((sweep) => expect.objectContaining({ name: sweep })) })
  const own = { body: { name: 'own', cron: '@daily', repo: 'https://example.org/a.git' } }
  expect((await bench.call('POST', '/v1/sweeps', { key: secrets.run, ...own })).status).toBe(201)
  expect(await sweeps('stranger')).toEqual(named())
  expect(await sweeps('run')).toEqual(named('own'))
  expect(await sweeps('admin')).toEqual(named('own'))
  // Nor does a cursor tell whether a suite of others is there.
  const probe = await bench.call('GET', '/v1/suites?cursor=of-run', { key: secrets.stranger })
  expect(probe.json()).toMatchObject({ code: 'suite_not_found' })
})

it('x-api-key serves as well as a bearer, and a malformed header is refused', async () => {
  const { read = '' } = secrets
  expect((await bench.call('GET', '/v1/suites', { headers: { 'x-api-key': read } })).status).toBe(200)
  for (const authorization of ['Basic abc', 'Bearer', `Token ${read}`, 'Bearer  ']) {
    expect((await bench.call('GET', '/v1/suites', { headers: { authorization } })).status, authorization).toBe(401)
  }
})

it('a browser gets an HttpOnly, SameSite=Strict cookie for its key, which ends with the session or the key', async () => {
  const secret = await bench.key('browser', 'run')
  const opened = await bench.call('POST', '/v1/session', { body: { key: secret } })
  const cookie = opened.headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/^commit_suite_session=[\w-]{43}; .*HttpOnly/)
  expect(cookie).toContain('SameSite=Strict')
  expect(cookie).not.toContain(secret)
  const headers = { cookie: cookie.split(';', 1)[0] ?? '' }
  expect((await bench.call('GET', '/v1/suites', { headers })).status).toBe(200)
  expect((await bench.call('GET', '/v1/keys', { headers })).status).toBe(403)
  await bench.call('DELETE', '/v1/session', { headers })
  expect((await bench.call('GET', '/v1/suites', { headers })).status).toBe(401)
  const again = await bench.call('POST', '/v1/session', { body: { key: secret } })
  const second = { cookie: (again.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '' }
  await bench.store.keys.revoke('browser')
  expect((await bench.call('GET', '/v1/suites', { headers: second })).status).toBe(401)
})

it('keys, cookies and queries are in no log line and no answer but the first', async () => {
  const secret = await bench.key('logged', 'run')
  await bench.call('GET', '/v1/suites', { key: secret })
  await bench.call('GET', `/ws?key=${secret}`)
  await bench.call('GET', `/v1/suites?repo=${secret}`, { key: secret })
  await bench.call('POST', '/v1/session', { body: { key: secret } })
  const listed = await bench.call('GET', '/v1/keys', { key: secrets.admin })
  expect(listed.json()).toMatchObject({ keys: expect.arrayContaining([expect.objectContaining({ name: 'logged' })]) })
  expect(listed.text).not.toContain(secret)
  expect(listed.text).not.toContain('digest')
  expect(bench.log.join('')).toContain('"path":"/v1/suites"')
  expect(bench.log.join('')).not.toContain(secret)
  // Nor does the database hold it.
  const { readFile } = await import('node:fs/promises')
  expect((await readFile(`${bench.stateDir}/results.db`)).includes(secret)).toBe(false)
})

it('a key has at most so many open suites, also when many are asked for at once', async () => {
  const secret = await bench.key('few', 'run', { openSuites: 2 })
  const body = { repo: 'https://example.org/a.git' }
  const asked = Array.from({ length: 6 }, () => bench.call('POST', '/v1/suites', { key: secret, body }))
  const statuses = (await Promise.all(asked)).map(({ status }) => status)
  expect(statuses.filter((status) => status === 202).length).toBe(2)
  expect(statuses.filter((status) => status === 429).length).toBe(4)
})

it('a search counts as one of them, with all its suites', async () => {
  const secret = await bench.key('searching', 'run', { openSuites: 2 })
  const start = async (what: string) => {
    const body = { repo: 'https://example.org/a.git' }
    return (await bench.call('POST', `/v1/${what}`, { key: secret, body })).status
  }
  expect(await start('searches')).toBe(202)
  for (const number of [1, 2, 3]) {
    const partOf = { kind: 'search', id: 'c-some', round: 1 } as const
    const spec = suiteSpec(`c-some-1-${number}`, { network: { key: 'searching' }, partOf })
    await bench.store.suites.create({ spec, requestDigest: 'digest', seeds: [number] })
  }
  expect(await start('suites')).toBe(202)
  expect(await start('searches')).toBe(429)
  expect(await start('suites')).toBe(429)
  const listed = await bench.call('GET', '/v1/suites?partOf=search/c-some', { key: secret })
  expect(listed.json()).toMatchObject({ suites: [3, 2, 1].map((number) => ({ suite: `c-some-1-${number}` })) })
})

it('the same Idempotency-Key starts once and joins afterwards; that of another key is another', async () => {
  const body = { repo: 'https://example.org/a.git', runs: 3 }
  const ask = async (name: string) => {
    const { status, json } = await bench.call('POST', '/v1/suites', {
      key: secrets[name],
      body,
      headers: { 'idempotency-key': 'token' },
    })
    expect(status).toBe(202)
    return json()
  }
  const [first, second] = [await ask('run'), await ask('run')]
  expect(first).toMatchObject({ joined: false })
  expect(second).toMatchObject({ joined: true, suite: Reflect.get(Object(first), 'suite') })
  expect(Reflect.get(Object(await ask('stranger')), 'suite')).not.toBe(Reflect.get(Object(first), 'suite'))
})
