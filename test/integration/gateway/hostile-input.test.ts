import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { OPERATIONS } from '../../../src/contract/http/operations.ts'
import { GatewayBench } from '../../support/gateway-bench.ts'
import { recordSuite } from '../../support/recorded-suite.ts'
import { SHA } from '../../unit/store/samples.ts'

// 10,000 malformed paths, queries, headers, bodies, frames and bytes: none is answered by a 5xx, and the gateway lives.

const seed = 20_261_129
let bench: GatewayBench
let dashboard: string
beforeAll(async () => {
  dashboard = await mkdtemp(join(tmpdir(), 'cs-dashboard-'))
  await mkdir(join(dashboard, 'assets'))
  await writeFile(join(dashboard, 'index.html'), '<!doctype html><title>Here</title>')
  bench = await GatewayBench.start({ openDashboard: async () => dashboard })
  await recordSuite(bench.store, { id: 'done', runs: 3 })
  await recordSuite(bench.store, { id: 'open', runs: 3, status: 'running' })
})
afterAll(async () => {
  await bench.stop()
  await rm(dashboard, { recursive: true, force: true })
})

const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '',
    '0',
    '-1',
    'null',
    '../../etc/passwd',
    '%00',
    '%2e%2e%2f',
    '${jndi:ldap://x}',
    "' or 1=1 --",
    '__proto__',
  ),
  fc.constantFrom(
    'constructor',
    'a'.repeat(5_000),
    '\u202e',
    '\ud800',
    'NaN',
    '1e999',
    '[object Object]',
    '<script>',
    '$(reboot)',
  ),
  fc.constantFrom(
    'done',
    'open',
    `done.${SHA.slice(0, 12)}.0`,
    `done.${SHA.slice(0, 12)}.99999999`,
    'HEAD',
    'ext::sh -c id',
  ),
)
const hostileValue = fc.oneof(
  hostileText,
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.bigInt({ min: 0n, max: 1n }).map(String),
)
const fields = fc.constantFrom(
  ...[
    'id',
    'repo',
    'commits',
    'command',
    'setup',
    'runs',
    'seeds',
    'seed',
    'parallelism',
    'timeoutMs',
    'executor',
    'isolation',
  ],
  ...[
    'env',
    'secretEnv',
    'limits',
    'cluster',
    'session',
    'network',
    'job',
    'name',
    'role',
    'key',
    'times',
    'expected',
    'input',
    '__proto__',
  ],
)
const hostileObject = fc.dictionary(
  fields,
  fc.oneof(
    hostileValue,
    fc.array(hostileValue, { maxLength: 5 }),
    fc.dictionary(hostileText, hostileValue, { maxKeys: 4 }),
  ),
  { maxKeys: 8 },
)
const plausible = hostileObject.map((object) => ({ repo: 'https://example.org/a.git', ...object }))
const job = hostileObject.map((input) => ({
  input: { repo: 'https://example.org/a.git', test_command: 'pytest', ...input },
}))
const hostileBody = fc.oneof(
  fc.json({ maxDepth: 3 }),
  hostileObject.map((object) => JSON.stringify(object)),
  plausible.map((object) => JSON.stringify(object)),
  job.map((object) => JSON.stringify(object)),
  fc.constantFrom(
    '{',
    '[',
    '"',
    '{"a":1,"a":2}',
    '{"__proto__":{"x":1}}',
    '['.repeat(20_000),
    '1e400',
    '\u0000',
    '{"repo":"\\ud800"}',
  ),
  fc.string({ unit: 'binary', maxLength: 200 }),
)
const FACES = [
  '/v2/:suite/run',
  '/v2/:suite/runsync',
  '/v2/:suite/status/:run',
  '/v2/:suite/stream/:run',
  '/v2/:suite/cancel/:run',
  '/v2/:suite/purge-queue',
  '/v2/:suite/health',
]
const urls = [
  ...Object.values(OPERATIONS).map(({ url }) => url),
  ...FACES,
  '/healthz',
  '/readyz',
  '/metrics',
  '/docs/json',
  '/ws',
  '/',
  '/v1',
  '/v9/:run',
]
const hostilePath = fc
  .tuple(fc.constantFrom(...urls), fc.array(hostileText, { minLength: 4, maxLength: 4 }), hostileText, fc.boolean())
  .map(([url, parts, query, encoded]) => {
    const encode = (text: string): string =>
      encoded
        ? encodeURIComponent(text.toWellFormed())
        : text.replaceAll(/[^\x21-\x7e]/g, '%ff').replaceAll(/[#?]/g, '')
    const path = url.replaceAll(/:\w+|\*/g, () => encode(parts.pop() ?? ''))
    return query === ''
      ? path
      : `${path}?${['limit', 'cursor', 'after', 'offset', 'commit', 'stream'][query.length % 6]}=${encode(query)}`
  })
const hostileHeaders = fc.dictionary(
  fc.constantFrom(
    'x-request-id',
    'idempotency-key',
    'last-event-id',
    'accept',
    'x-forwarded-host',
    'x-forwarded-for',
    'if-none-match',
    'content-type',
    'authorization',
    'cookie',
  ),
  fc.string({ unit: fc.constantFrom(...'abc019 ;=,"-_%/*'.split('')), maxLength: 40 }),
  { maxKeys: 3 },
)

interface Call {
  path: string
  method: 'GET' | 'POST' | 'DELETE'
  headers: Record<string, string>
  body: string
}

/** What streams or waits is left after a moment: it has been let in, and its head is no 5xx. */
async function send({ path, method, headers, body }: Call): Promise<{ statusCode: number; body: string }> {
  const lasts = /events|log|runsync/.test(path)
  const json = method === 'POST' ? { 'content-type': 'application/json' } : {}
  try {
    return await bench.gateway.app.inject({
      method,
      url: path.startsWith('/') ? path : `/${path}`,
      headers: { host: 'localhost', ...json, ...headers },
      ...(method === 'POST' ? { payload: body } : {}),
      ...(lasts ? { signal: AbortSignal.timeout(100) } : {}),
    })
  } catch (error) {
    if (lasts && error instanceof Error && /abort/i.test(error.name + error.message))
      return { statusCode: 200, body: '' }
    throw error
  }
}

it('no request is answered by a 5xx', { timeout: 300_000 }, async () => {
  const call = fc.record({
    path: hostilePath,
    method: fc.constantFrom('GET' as const, 'POST' as const, 'POST' as const, 'DELETE' as const),
    headers: hostileHeaders,
    body: hostileBody,
  })
  const statuses = new Set<number>()
  const calls = fc.sample(call, { numRuns: 9_000, seed })
  while (calls.length > 0) {
    await Promise.all(
      calls.splice(0, 100).map(async (sent) => {
        const { statusCode, body } = await send(sent)
        statuses.add(statusCode)
        const said = `${sent.method} ${sent.path} ${JSON.stringify(sent.headers)} ${sent.body.slice(0, 300)}: ${body}`
        expect(statusCode, said).toBeLessThan(500)
      }),
    )
  }
  // They got somewhere: refused for more than one reason, and some let through.
  expect([...statuses].sort()).toEqual(expect.arrayContaining([200, 202, 400, 404]))
})

it('no bytes on the wire end the gateway', { timeout: 120_000 }, async () => {
  const port = Number(new URL(bench.url).port)
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc
      .string({ unit: 'binary', maxLength: 300 })
      .map((text) => Buffer.from(`GET /v1/suites HTTP/1.1\r\n${text}\r\n\r\n`)),
  )
  for (const piece of fc.sample(bytes, { numRuns: 500, seed })) {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', (data) => {
      answer += data.toString('latin1')
    })
    socket.on('error', () => undefined)
    socket.end(piece)
    await once(socket, 'close')
    expect(answer).not.toMatch(/^HTTP\/1\.1 5/)
  }
  expect((await bench.call('GET', '/healthz')).status).toBe(200)
})

it('no frame ends the gateway, and every one that is no request is answered or closes its own socket only', {
  timeout: 120_000,
}, async () => {
  const frame = fc.oneof(
    hostileBody,
    fc.uint8Array({ maxLength: 300 }),
    hostileObject.map((object) => JSON.stringify({ type: 'test_request', ...object })),
  )
  const witness = new WebSocket(`${bench.webSocketUrl}/ws`)
  await once(witness, 'open')
  let socket = new WebSocket(`${bench.webSocketUrl}/ws`)
  await once(socket, 'open')
  for (const data of fc.sample(frame, { numRuns: 500, seed })) {
    if (socket.readyState !== WebSocket.OPEN) {
      socket = new WebSocket(`${bench.webSocketUrl}/ws`)
      await once(socket, 'open')
    }
    const gone = new AbortController()
    const answered = Promise.race([
      once(socket, 'message', { signal: gone.signal }),
      once(socket, 'close', { signal: gone.signal }),
    ])
    socket.send(data)
    await answered
    gone.abort()
  }
  socket.terminate()
  const reply = once(witness, 'message')
  witness.send('not JSON')
  expect(JSON.parse(String((await reply)[0]))).toEqual({
    type: 'error',
    payload: { message: 'Invalid message format' },
  })
  witness.terminate()
  expect((await bench.call('GET', '/healthz')).status).toBe(200)
})
