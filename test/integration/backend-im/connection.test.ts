import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { TestClient } from '../../support/test-client.ts'
import { until } from '../../support/until.ts'
import { request, startBench } from './face-bench.ts'
import type { Script } from './fake-worker.ts'

/** A test that goes on until it is let go. */
function heldTest() {
  const begun = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  const script: Script = async (suite) => {
    await suite.admit()
    await suite.prepare()
    await suite.begin()
    begun.resolve()
    await go.promise
    await suite.end('passed')
  }
  return { script, begun: begun.promise, go: go.resolve }
}

describe('a connection', () => {
  it('is closed for a frame that is too large, and only that one', async () => {
    const { gateway } = await startBench()
    const other = await TestClient.connect(gateway.url)
    const client = await TestClient.connect(gateway.url)
    client.send('x'.repeat(1024 * 1024 + 1))
    expect(await client.closed()).toBe(1009)
    other.send(request())
    expect(await other.take(1)).toMatchObject([{ type: 'test_results' }])
  })

  it('may go in the middle of a test: the suite goes on, what has not begun does not', async () => {
    const { store, worker, gateway } = await startBench()
    const held = heldTest()
    worker.script = held.script
    const client = await TestClient.connect(gateway.url)
    client.send(request(), request())
    await held.begun
    client.socket.terminate()
    await until('the gateway noticed', () => gateway.open() === 0)
    held.go()
    await until('the suite has ended', async () => (await store.suites.list({ limit: 1 }))[0]?.status === 'completed')
    const again = await TestClient.connect(gateway.url)
    again.send(request())
    await again.take(1)
    expect(worker.started).toHaveLength(2)
  })

  it('is kept by pings while a test takes long, and ended where they are not answered', async () => {
    const { worker, gateway } = await startBench({ times: { heartbeatMs: 500, pollMs: 10 } })
    const held = heldTest()
    worker.script = held.script
    const client = await TestClient.connect(gateway.url)
    const dead = new WebSocket(gateway.url, { autoPong: false })
    await once(dead, 'open')
    let pings = 0
    client.socket.on('ping', () => {
      pings += 1
    })
    client.send(request())
    await once(dead, 'close')
    await until('more pings came', () => pings > 2)
    held.go()
    expect(await client.take(1)).toMatchObject([{ type: 'test_results' }])
  })

  it('is cut off where its client does not read, without holding what is not read', async () => {
    const { worker, gateway } = await startBench({ times: { heartbeatMs: 60_000, stallMs: 300, pollMs: 10 } })
    worker.script = async (suite) => {
      await suite.admit()
      await suite.prepare()
      await suite.begin()
      for (let piece = 0; piece < 100; piece++) await suite.print('stdout', 'x'.repeat(250_000))
      await suite.end('passed')
    }
    const client = await TestClient.connect(gateway.url)
    client.send({ type: 'namespace_setup', projectId: 'shelf', projectType: 'fastapi' })
    await client.take(4)
    const { userId: _, chatId: __, ...tested } = request()
    client.send({ type: 'test_request', projectId: 'shelf', ...tested })
    await client.take(5)
    client.socket.pause()
    await until('it is cut off', () => gateway.open() === 0)
    await worker.idle()
  })

  it('is closed with the code of a restart when the gateway drains; its suite goes on', async () => {
    const { store, worker, gateway } = await startBench()
    const held = heldTest()
    worker.script = held.script
    const client = await TestClient.connect(gateway.url)
    client.send(request())
    await held.begun
    gateway.drain.begin()
    expect(await client.closed()).toBe(1012)
    held.go()
    await until('the suite has ended', async () => (await store.suites.list({ limit: 1 }))[0]?.status === 'completed')
    expect(client.received).toEqual([])
  })
})
