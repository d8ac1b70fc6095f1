import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type EgressProxy, startEgressProxy } from '../../../src/executors/local/egress/proxy.ts'

let directory: string
let socketPath: string
let origin: Server
let port: number
let requests: IncomingMessage[]
let proxy: EgressProxy | undefined

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'egress-'))
  socketPath = join(directory, 'p.sock')
  requests = []
  origin = createServer((message, response) => {
    requests.push(message)
    response.end('origin here')
  })
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve))
  port = (origin.address() as AddressInfo).port
})

afterEach(async () => {
  await proxy?.close()
  origin.closeAllConnections()
  await new Promise((resolve) => origin.close(resolve))
  rmSync(directory, { recursive: true, force: true })
})

async function plain(url: string, headers: Record<string, string> = {}) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ socketPath, path: url, headers: { host: 'ignored', ...headers } }, resolve)
      .once('error', reject)
      .end()
  })
  return { status: response.statusCode, body: await text(response) }
}

const tunnel = (authority: string): Promise<{ status: number | undefined; socket: Socket }> =>
  new Promise((resolve, reject) => {
    const message = request({ socketPath, method: 'CONNECT', path: authority })
    message.once('connect', (response, socket) => resolve({ status: response.statusCode, socket: socket as Socket }))
    message.once('error', reject).end()
  })

const answers = (...addresses: string[]) => ({
  resolve: async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }) as const),
})

describe('the filtering proxy', () => {
  it('carries plain requests and tunnels to a host that is allowed by name', async () => {
    proxy = await startEgressProxy({ socketPath, allow: [`registry.test:${port}`], ...answers('127.0.0.1') })
    expect(await plain(`http://registry.test:${port}/simple/`, { 'proxy-authorization': 'x', te: 'y' })).toEqual({
      status: 200,
      body: 'origin here',
    })
    expect(requests[0]?.headers).toMatchObject({ host: `registry.test:${port}` })
    expect(requests[0]?.headers).not.toHaveProperty('proxy-authorization')
    const { status, socket } = await tunnel(`registry.test:${port}`)
    expect(status).toBe(200)
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(await text(socket)).toContain('origin here')
  })

  it.each(['127.0.0.1', '::1', '10.1.2.3', '169.254.169.254', '::ffff:127.0.0.1', 'fd00:ec2::254', '0.0.0.0'])(
    'refuses a name that resolves to %s',
    async (address) => {
      const refused: string[] = []
      const log = ({ reason }: { reason: string }) => refused.push(reason)
      proxy = await startEgressProxy({ socketPath, allow: [], ports: [port], log, ...answers(address) })
      expect((await plain(`http://evil.test:${port}/`)).status).toBe(403)
      const { status, socket } = await tunnel(`evil.test:${port}`)
      socket.destroy()
      expect(status).toBe(403)
      expect(refused).toHaveLength(2)
      expect(refused[0]).toContain(address)
      expect(requests).toHaveLength(0)
    },
  )

  it('refuses all answers when one of them is private', async () => {
    proxy = await startEgressProxy({ socketPath, allow: [], ports: [port], ...answers('192.0.2.1', '127.0.0.1') })
    expect((await plain(`http://mixed.test:${port}/`)).status).toBe(403)
  })

  it('asks once, and connects to the address that it checked', async () => {
    let asked = 0
    const resolve = async () => {
      asked += 1
      return [{ address: asked === 1 ? '127.0.0.1' : '192.0.2.1', family: 4 as const }]
    }
    proxy = await startEgressProxy({ socketPath, allow: [`rebind.test:${port}`], resolve })
    expect((await plain(`http://rebind.test:${port}/`)).body).toBe('origin here')
    expect(asked).toBe(1)
  })

  it.each(['127.0.0.1', '[::1]', '[::ffff:7f00:1]', '0x7f.1', 'localhost'])('refuses %s itself', async (host) => {
    proxy = await startEgressProxy({ socketPath, allow: [], ports: [port] })
    expect((await plain(`http://${host}:${port}/`)).status).toBe(403)
  })

  it('refuses other ports, schemes and shapes', async () => {
    proxy = await startEgressProxy({ socketPath, allow: [], ...answers('192.0.2.1') })
    expect((await plain('http://example.org:22/')).status).toBe(403)
    expect((await plain('/path')).status).toBe(400)
    expect((await plain('https://example.org/')).status).toBe(400)
    const { status, socket } = await tunnel('user@example.org:443')
    socket.destroy()
    expect(status).toBe(400)
  })

  it('allows a suffix pattern for hosts below it only', async () => {
    proxy = await startEgressProxy({ socketPath, allow: [`*.corp.test:${port}`], ...answers('127.0.0.1') })
    expect((await plain(`http://pypi.corp.test:${port}/`)).status).toBe(200)
    expect((await plain(`http://corp.test:${port}/`)).status).toBe(403)
    expect((await plain(`http://evilcorp.test:${port}/`)).status).toBe(403)
  })

  it('answers 502 for names without an address and 431 for endless headers', async () => {
    const resolve = async () => Promise.reject(new Error('ENOTFOUND'))
    proxy = await startEgressProxy({ socketPath, allow: [], resolve })
    expect((await plain('http://nowhere.test/')).status).toBe(502)
    expect((await plain('http://nowhere.test/', { long: 'x'.repeat(20_000) })).status).toBe(431)
  })

  it('survives servers that answer nonsense or hang up', async () => {
    const replies = ['HTTP/1.1 042 Odd\r\n\r\n', 'nonsense\r\n\r\n', '']
    const odd = createTcpServer((socket) => socket.once('data', () => socket.end(replies.shift() ?? '')))
    await new Promise<void>((resolve) => odd.listen(0, '127.0.0.1', resolve))
    const oddPort = (odd.address() as AddressInfo).port
    proxy = await startEgressProxy({ socketPath, allow: [`odd.test:${oddPort}`], ...answers('127.0.0.1') })
    for (let left = 3; left > 0; left--) expect((await plain(`http://odd.test:${oddPort}/`)).status).toBe(504)
    await new Promise((resolve) => odd.close(resolve))
    expect((await plain(`http://odd.test:${oddPort}/`)).status).toBe(504)
  })

  it('ends open tunnels and removes its socket when it is closed', async () => {
    proxy = await startEgressProxy({ socketPath, allow: [`open.test:${port}`], ...answers('127.0.0.1') })
    const { socket } = await tunnel(`open.test:${port}`)
    const ended = new Promise((resolve) => socket.once('close', resolve))
    socket.resume()
    await proxy.close()
    await ended
    expect(existsSync(socketPath)).toBe(false)
    await expect(
      new Promise((resolve, reject) => connect(socketPath).once('connect', resolve).once('error', reject)),
    ).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
