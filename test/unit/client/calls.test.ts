import { expect, test } from 'vitest'
import { createClient } from '../../../src/client/client.ts'
import { CommitSuiteError } from '../../../src/contract/index.ts'
import { type Answer, FaultyGateway, hangUp, json, problem } from './faulty-gateway.ts'

const STARTED = { suite: 's-one', status: 'queued', joined: false }
const KEYS = { keys: [] }
const SECRET = 'cs_0123456789abcdef_secret'

async function failure(call: Promise<unknown>): Promise<CommitSuiteError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof CommitSuiteError) return error
  throw new Error(`no CommitSuiteError, but ${error}`)
}

test('a call is one request with the key in a header, and its answer is parsed', async () => {
  await using gateway = await FaultyGateway.start(json(200, { suites: [], next: null, later: 'field' }))
  const client = gateway.client({ key: SECRET })
  expect(await client.listSuites({ query: { status: 'running,paused', limit: 3 } })).toEqual({ suites: [], next: null })
  expect(gateway.requests).toMatchObject([
    {
      method: 'GET',
      url: '/v1/suites?status=running%2Cpaused&limit=3',
      headers: { authorization: `Bearer ${SECRET}` },
    },
  ])
})

test('parts of a path cannot lead to another call', async () => {
  await using gateway = await FaultyGateway.start(problem(404, 'run_not_found'))
  const client = gateway.client()
  expect(await failure(client.getRun({ params: { run: '../v1/keys?x#y' } }))).toMatchObject({ code: 'run_not_found' })
  expect(gateway.requests[0]?.url).toBe('/v1/runs/..%2Fv1%2Fkeys%3Fx%23y')
  expect(await failure(client.getRun({ params: { run: '..' } }))).toMatchObject({ code: 'invalid_input' })
  expect(gateway.requests).toHaveLength(1)
})

test('a prefix in the address is kept', async () => {
  await using gateway = await FaultyGateway.start(json(200, KEYS))
  await createClient({ url: `${gateway.url}/commit-suite/` }).listKeys()
  expect(gateway.requests[0]?.url).toBe('/commit-suite/v1/keys')
})

test('a problem document becomes the error of the catalogue, with all it says', async () => {
  const said = { field: 'repo', value: 'file:///x', rule: 'is not allowed', remedy: 'Use another.' }
  await using gateway = await FaultyGateway.start(problem(400, 'repo_not_allowed', said))
  const error = await failure(gateway.client().startSuite({ body: { repo: 'file:///x' } }))
  expect(error).toMatchObject({
    code: 'repo_not_allowed',
    message: 'said: repo_not_allowed',
    detail: said,
    exitCode: 2,
  })
  expect(gateway.requests).toHaveLength(1)
})

test.each([
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'route_not_found'],
  [409, 'invalid_input'],
  [500, 'gateway_unavailable'],
] as const)('a code of a newer gateway with status %i is %s', async (status, code) => {
  await using gateway = await FaultyGateway.start(problem(status, 'made_up_later'))
  expect(await failure(gateway.client().listKeys())).toMatchObject({ code, message: 'said: made_up_later' })
})

test.each<[string, Answer]>([
  ['no answer', hangUp],
  ['429', problem(429, 'rate_limited')],
  ['503', problem(503, 'draining', {}, { 'retry-after': '0' })],
  ['a 502 of a proxy', (_, response) => void response.writeHead(502).end('<html>')],
])('a read is repeated after %s', async (_what, fault) => {
  await using gateway = await FaultyGateway.start(fault, fault, json(200, KEYS))
  expect(await gateway.client().listKeys()).toEqual(KEYS)
  expect(gateway.requests).toHaveLength(3)
})

test('a start is repeated with the same idempotency key and body', async () => {
  await using gateway = await FaultyGateway.start(hangUp, hangUp, json(202, STARTED))
  expect(await gateway.client().startSuite({ body: { repo: 'https://example.org/r' } })).toEqual(STARTED)
  const tokens = gateway.requests.map(({ headers }) => headers['idempotency-key'])
  expect(tokens[0]).toMatch(/^[0-9a-f-]{36}$/)
  expect(new Set(tokens).size).toBe(1)
  expect(new Set(gateway.requests.map(({ body }) => body))).toEqual(new Set(['{"repo":"https://example.org/r"}']))
})

test('other writes are not repeated, unless they were surely not acted upon', async () => {
  await using broken = await FaultyGateway.start(hangUp, json(202, { suite: 's-one', status: 'cancelled' }))
  expect(await failure(broken.client().cancelSuite({ params: { suite: 's-one' } }))).toMatchObject({
    code: 'gateway_unavailable',
  })
  expect(broken.requests).toHaveLength(1)
  await using busy = await FaultyGateway.start(
    problem(503, 'draining'),
    json(202, { suite: 's-one', status: 'cancelled' }),
  )
  await busy.client().cancelSuite({ params: { suite: 's-one' } })
  expect(busy.requests).toHaveLength(2)
})

test('Retry-After is kept, and not waited for where it is too far', async () => {
  await using soon = await FaultyGateway.start(
    problem(429, 'rate_limited', {}, { 'retry-after': '1' }),
    json(200, KEYS),
  )
  const before = performance.now()
  await soon.client().listKeys()
  expect(performance.now() - before).toBeGreaterThan(990)
  await using late = await FaultyGateway.start(problem(429, 'rate_limited', {}, { 'retry-after': '3600' }))
  expect(await failure(late.client().listKeys())).toMatchObject({ code: 'rate_limited' })
  expect(late.requests).toHaveLength(1)
})

test('what does not pass is given up after a bounded time', async () => {
  await using gateway = await FaultyGateway.start(problem(503, 'temporal_unavailable'))
  const error = await failure(gateway.client({ patienceMs: 500 }).listKeys())
  expect(error).toMatchObject({ code: 'temporal_unavailable', exitCode: 3 })
  expect(gateway.requests.length).toBeGreaterThan(1)
})

test('a refusal that will not pass is not repeated', async () => {
  await using gateway = await FaultyGateway.start(problem(503, 'isolation_unavailable'))
  expect(await failure(gateway.client().listKeys())).toMatchObject({ code: 'isolation_unavailable' })
  expect(gateway.requests).toHaveLength(1)
})

test('nobody there is told with variable, value and remedy', async () => {
  const gateway = await FaultyGateway.start(json(200, KEYS))
  gateway.stop()
  const error = await failure(gateway.client({ patienceMs: 300, key: SECRET }).listKeys())
  expect(error).toMatchObject({
    code: 'gateway_unavailable',
    detail: { field: 'COMMIT_SUITE_URL', value: gateway.url },
  })
  expect(error.message).toMatch(/^COMMIT_SUITE_URL: "http:.*ECONNREFUSED.*commit-suite serve/)
  expect(error.message).not.toContain(SECRET)
})

test('an answer that takes too long is no answer', async () => {
  await using gateway = await FaultyGateway.start(() => undefined, json(200, KEYS))
  expect(await gateway.client({ timeoutMs: 1_000 }).listKeys()).toEqual(KEYS)
  await using slow = await FaultyGateway.start((_, response) => void response.writeHead(200).write('{'))
  expect(await failure(slow.client({ timeoutMs: 100, patienceMs: 300 }).listKeys())).toMatchObject({
    code: 'gateway_unavailable',
  })
})

test.each<[string, Answer]>([
  ['no JSON', (_, response) => void response.writeHead(200).end('<!doctype html>')],
  ['JSON of another form', json(200, { keys: 'none' })],
  ['a status that says nothing here', json(206, KEYS)],
  ['an error page', (_, response) => void response.writeHead(404).end('<html>')],
])('%s is no gateway', async (_what, answer) => {
  await using gateway = await FaultyGateway.start(answer)
  const error = await failure(gateway.client().listKeys())
  expect(error).toMatchObject({ code: 'gateway_unavailable', exitCode: 3 })
  expect(error.message).toMatch(/Check that a gateway of Commit Suite answers/)
  expect(gateway.requests).toHaveLength(1)
})

test('a redirect is not followed: the key stays with the address that it was given for', async () => {
  await using elsewhere = await FaultyGateway.start(json(200, KEYS))
  await using gateway = await FaultyGateway.start(
    (_, response) => void response.writeHead(307, { location: `${elsewhere.url}/v1/keys` }).end(),
  )
  const error = await failure(gateway.client({ key: SECRET }).listKeys())
  expect(error.code).toBe('gateway_unavailable')
  expect(error.message).toContain(elsewhere.url)
  expect(elsewhere.requests).toEqual([])
})

test.each([
  ['gateway', 'is not a URL'],
  ['ftp://example.org', 'http or https'],
  ['http://user:secret@example.org/', 'user or password'],
  ['http://example.org/?key=secret', 'query'],
])('%s is refused as an address, without what could be a secret', (url, rule) => {
  expect(() => createClient({ url })).toThrow(rule)
  expect(() => createClient({ url })).toThrow(expect.objectContaining({ message: expect.not.stringMatching(/secret/) }))
})

test('a key that no header can hold is refused without it', () => {
  expect(() => createClient({ url: 'http://example.org', key: 'se\ncret' })).toThrow(
    expect.objectContaining({ code: 'invalid_input', message: expect.not.stringContaining('cret') }),
  )
})

test('a signal ends a call, also between two tries', async () => {
  await using gateway = await FaultyGateway.start(problem(503, 'draining', {}, { 'retry-after': '2' }))
  const stop = new AbortController()
  const call = gateway.client().listKeys({}, { signal: stop.signal })
  stop.abort(new Error('enough'))
  await expect(call).rejects.toThrow('enough')
})
