import { mkdtemp, rm } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dashboardFolder } from '../../../src/gateway/dashboard/folder.ts'
import { GatewayBench } from '../../support/gateway-bench.ts'

// The page as browsers get it: built from the sources, for a gateway that asks for keys.

let cacheDir: string
let bench: GatewayBench
let without: GatewayBench
let index: Served
beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'cs-dashboard-'))
  bench = await GatewayBench.start({ openDashboard: () => dashboardFolder(cacheDir) })
  await bench.key('admin', 'admin')
  without = await GatewayBench.start()
  index = await get('/')
})
afterAll(async () => {
  await bench.stop()
  await without.stop()
  await rm(cacheDir, { recursive: true, force: true })
})

interface Served {
  status: number | undefined
  headers: IncomingMessage['headers']
  bytes: Buffer
}

/** A path just as it is written: fetch would tidy it up. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET', url = bench.url): Promise<Served> {
  const { promise, resolve, reject } = Promise.withResolvers<Served>()
  const { hostname, port } = new URL(url)
  const sent = request({ hostname, port, path, method, headers }, async (answer) => {
    resolve({ status: answer.statusCode, headers: answer.headers, bytes: await buffer(answer) })
  })
  sent.on('error', reject).end()
  return promise
}

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

const assetsOf = (html: string): string[] =>
  [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path = '']) => path)

describe('the page', () => {
  it('needs no key, and what it shows does', async () => {
    expect(index.status).toBe(200)
    expect(index.headers['content-type']).toBe('text/html; charset=utf-8')
    expect((await get('/v1/suites')).status).toBe(401)
    expect((await get('/v1/about')).status).toBe(401)
  })

  it('holds no script or style that its policy would refuse', () => {
    expect(index.headers['content-security-policy']).toBe(POLICY)
    const html = index.bytes.toString()
    expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=|javascript:/i)
    for (const [tag] of html.matchAll(/<script[^>]*>[^<]*<\/script>/g))
      expect(tag).toMatch(/src="\/assets\/.*><\/script>$/)
    expect(assetsOf(html).map((path) => path.replace(/-[\w-]{8}\./, '.'))).toEqual(
      expect.arrayContaining(['/assets/index.js', '/assets/index.css', '/assets/icon.svg']),
    )
  })

  it('is asked for each time, and tells its type for good', () => {
    expect(index.headers).toMatchObject({ 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' })
  })

  it('is not led astray by a query', async () => {
    const { status, bytes } = await get('/?next=https://evil.example.org')
    expect(status).toBe(200)
    expect(bytes.equals(index.bytes)).toBe(true)
  })
})

describe('its parts', () => {
  it.each(['js', 'css', 'svg'])('are kept for good, in the form that a browser takes: %s', async (kind) => {
    const types: Record<string, string> = {
      js: 'text/javascript; charset=utf-8',
      css: 'text/css; charset=utf-8',
      svg: 'image/svg+xml',
    }
    const path = assetsOf(index.bytes.toString()).find((name) => name.endsWith(kind)) ?? ''
    const plain = await get(path)
    const zipped = await get(path, { 'accept-encoding': 'gzip, br;q=0' })
    const brotli = await get(path, { 'accept-encoding': 'gzip, deflate, br' })
    for (const { status, headers } of [plain, zipped, brotli]) {
      expect(status).toBe(200)
      expect(headers).toMatchObject({
        'cache-control': 'public, max-age=31536000, immutable',
        'content-type': types[kind],
        'x-content-type-options': 'nosniff',
        vary: 'Accept-Encoding',
      })
    }
    expect(plain.headers['content-encoding']).toBeUndefined()
    expect(zipped.headers['content-encoding']).toBe('gzip')
    expect(brotli.headers['content-encoding']).toBe('br')
    expect(gunzipSync(zipped.bytes).equals(plain.bytes)).toBe(true)
    expect(brotliDecompressSync(brotli.bytes).equals(plain.bytes)).toBe(true)
    const head = await get(path, {}, 'HEAD')
    expect([head.status, head.headers['content-length'], head.bytes.length]).toEqual([
      200,
      String(plain.bytes.length),
      0,
    ])
  })

  it.each([
    '/assets/',
    '/assets/index.html',
    '/assets/../index.html',
    '/assets/../../package.json',
    '/assets/%2e%2e%2fpackage.json',
    '/assets/..%5cpackage.json',
    '/assets/%2fetc%2fpasswd',
    '/assets//etc/passwd',
    '/assets/index.js%00.css',
    '/assets/__proto__',
    '/assets/constructor',
    `/assets/${'a'.repeat(3_000)}`,
    '/index.html',
    '/../../etc/passwd',
  ])('are those that were built, and nothing else: %s', async (path) => {
    const { status, headers, bytes } = await get(path)
    expect([400, 404, 414]).toContain(status)
    expect(headers['content-type']).toContain('json')
    expect(bytes.toString()).not.toMatch(/root:|<html|"dependencies"/)
  })

  it('take no writes', async () => {
    for (const path of ['/', assetsOf(index.bytes.toString())[0] ?? '']) {
      const { status } = await get(path, { 'content-type': 'application/json' }, 'POST')
      expect(status).toBe(404)
    }
  })
})

describe('a gateway whose page cannot be had', () => {
  it('says so, and works all the same', async () => {
    const page = await get('/', {}, 'GET', without.url)
    expect(page.status).toBe(503)
    expect(page.headers).toMatchObject({ 'content-security-policy': POLICY, 'cache-control': 'no-cache' })
    expect(page.bytes.toString()).toContain('The dashboard is not here')
    expect((await get('/assets/index.js', {}, 'GET', without.url)).status).toBe(404)
    expect((await get('/v1/suites', {}, 'GET', without.url)).status).toBe(200)
    expect(without.log.join('')).toContain('no dashboard here')
  })
})
