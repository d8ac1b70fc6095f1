import { request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { GatewayBench } from '../../support/gateway-bench.ts'
import { recordSuite } from '../../support/recorded-suite.ts'

// What web pages and passers-by try on a gateway without keys, each with the same call that is let through.

let bench: GatewayBench
beforeAll(async () => {
  bench = await GatewayBench.start()
  await recordSuite(bench.store, { id: 'done', runs: 3 })
})
afterAll(() => bench.stop())

/** A call with exactly these headers: fetch would set some itself. */
function send(method: string, path: string, headers: Record<string, string>, body = ''): Promise<number> {
  const { hostname, port } = new URL(bench.url)
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const json = { 'content-type': 'application/json' }
const suite = JSON.stringify({ repo: 'https://example.org/a.git' })
const ownHost = (): string => new URL(bench.url).host

describe('DNS rebinding', () => {
  it.each([
    'evil.example',
    'evil.example:80',
    '10.0.0.1',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '0.0.0.0',
  ])('Host %j is refused: only names of loopback reach a gateway without keys', async (host) => {
    expect(await send('GET', '/v1/suites', { host })).toBeGreaterThanOrEqual(400)
    expect(await send('POST', '/v1/suites', { host, ...json }, suite)).toBeGreaterThanOrEqual(400)
  })

  it('a request without any Host is refused', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(new URL(bench.url).port), '127.0.0.1')
      let text = ''
      socket.on('data', (piece) => {
        text += piece
      })
      socket.on('end', () => resolve(text))
      socket.on('error', reject)
      socket.write('GET /v1/suites HTTP/1.0\r\n\r\n')
    })
    expect(answer).toMatch(/^HTTP\/1.1 4\d\d /)
  })

  it.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.9.9.9', '[::1]', 'app.localhost'])(
    'Host %s is let in',
    async (name) => {
      expect(await send('GET', '/v1/suites', { host: `${name}:${new URL(bench.url).port}` })).toBe(200)
    },
  )
})

describe('cross-site requests', () => {
  it.each([
    'https://evil.example',
    'null',
    'http://localhost.evil.example',
    'file://',
    'not an origin',
    'http://127.0.0.1:1',
  ])('Origin %j is refused on reads and writes', async (origin) => {
    expect(await send('GET', '/v1/suites', { host: ownHost(), origin })).toBe(403)
    expect(await send('POST', '/v1/suites', { host: ownHost(), origin, ...json }, suite)).toBe(403)
    expect(await send('GET', '/healthz', { host: ownHost(), origin })).toBe(403)
  })

  it("the gateway's own origin is let in, an https proxy in front of it included", async () => {
    for (const scheme of ['http', 'https']) {
      expect(await send('GET', '/v1/suites', { host: ownHost(), origin: `${scheme}://${ownHost()}` })).toBe(200)
    }
  })

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
    'text/json',
  ])('a form can send %s, so no write takes it', async (type) => {
    const before = bench.control.started.length
    for (const path of ['/v1/suites', '/v1/suites/done/cancel', '/v2/x/run']) {
      expect(await send('POST', path, { host: ownHost(), 'content-type': type }, suite)).toBe(415)
    }
    expect(await send('POST', '/v1/suites/done/cancel', { host: ownHost() })).toBe(415)
    expect(bench.control.started.length).toBe(before)
    expect(
      await send('POST', '/v1/suites', { host: ownHost(), 'content-type': 'application/json; charset=utf-8' }, suite),
    ).toBe(202)
  })

  it('what another site embeds is refused, a link to us is followed', async () => {
    const cross = { host: ownHost(), 'sec-fetch-site': 'cross-site' }
    expect(await send('GET', '/v1/suites', { ...cross, 'sec-fetch-mode': 'no-cors' })).toBe(403)
    expect(await send('GET', '/healthz', { ...cross, 'sec-fetch-mode': 'navigate' })).toBe(200)
    expect(await send('POST', '/v1/suites', { ...cross, 'sec-fetch-mode': 'navigate', ...json }, suite)).toBe(403)
  })

  it('no answer lets another origin read it', async () => {
    const { headers } = await bench.call('GET', '/v1/suites')
    expect(headers.get('access-control-allow-origin')).toBeNull()
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
  })
})

function handshake(path: string, options: { origin?: string; headers?: Record<string, string> } = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(bench.webSocketUrl + path, options)
    socket.on('open', () => {
      socket.terminate()
      resolve(101)
    })
    socket.on('unexpected-response', (_request, response) => {
      socket.terminate()
      resolve(response.statusCode ?? 0)
    })
    socket.on('error', (error) => {
      if (!/unexpected server response|before the connection/i.test(error.message)) reject(error)
    })
  })
}

describe('WebSocket hijacking', () => {
  it.each(['/ws', '/v1/suites/done/stream'])('%s refuses pages of other origins and foreign names', async (path) => {
    expect(await handshake(path, { origin: 'https://evil.example' })).toBe(403)
    expect(await handshake(path, { headers: { host: 'evil.example' } })).toBe(403)
    expect(await handshake(path)).toBe(101)
    expect(await handshake('/v1/suites/nope/stream')).toBe(404)
    expect(await handshake(path, { origin: bench.url })).toBe(101)
  })
})

describe('a gateway with keys', () => {
  it('takes ?key= at /ws only, with no more than role run, and no loopback caller without a key', async () => {
    const own = await GatewayBench.start()
    try {
      const admin = await own.key('admin', 'admin')
      const reader = await own.key('reader', 'read')
      const at = (path: string) =>
        new Promise<number>((resolve) => {
          const socket = new WebSocket(own.webSocketUrl + path)
          socket.on('open', () => {
            socket.terminate()
            resolve(101)
          })
          socket.on('unexpected-response', (_request, response) => {
            socket.terminate()
            resolve(response.statusCode ?? 0)
          })
          socket.on('error', () => undefined)
        })
      expect(await at('/ws')).toBe(401)
      expect(await at(`/ws?key=${admin}`)).toBe(101)
      expect(await at(`/ws?key=${reader}`)).toBe(403)
      expect(await at('/ws?key=cs_0000000000000000_nope')).toBe(401)
      expect((await own.call('GET', `/v1/suites?key=${admin}`)).status).toBe(401)
      expect((await own.call('GET', `/v1/keys?key=${admin}`)).status).toBe(401)
      expect((await own.call('GET', '/v1/suites', { headers: { host: 'localhost' } })).status).toBe(401)
    } finally {
      await own.stop()
    }
  })

  it('on an address that others reach stays closed when its last key is revoked', async () => {
    const own = await GatewayBench.start({ settings: { loopback: false } })
    try {
      const key = await own.key('only', 'admin')
      expect((await own.call('GET', '/v1/suites', { key })).status).toBe(200)
      await own.store.keys.revoke('only')
      expect((await own.call('GET', '/v1/suites')).status).toBe(401)
    } finally {
      await own.stop()
    }
  })
})
