import { once } from 'node:events'
import { connect } from 'node:net'
import { createParser } from 'eventsource-parser'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { GatewayBench } from '../../support/gateway-bench.ts'
import { recordSearch } from '../../support/recorded-search.ts'
import { finishSuite, recordLargeEvent, recordRun, recordSuite } from '../../support/recorded-suite.ts'
import { until } from '../../support/until.ts'

// Streams of events: each event once and in order, whatever breaks off in between.

let bench: GatewayBench
beforeEach(async () => {
  bench = await GatewayBench.start({ settings: { heartbeatMs: 50 } })
})
afterEach(() => bench.stop())

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index)

interface Listener {
  seqs: number[]
  comments: number
  ended: Promise<void>
  leave(): void
}

/** Reads Server-Sent Events as a browser would. */
async function listen(path: string, headers: Record<string, string> = {}, url = bench.url): Promise<Listener> {
  const controller = new AbortController()
  const response = await fetch(url + path, { headers, signal: controller.signal })
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  const listener: Listener = { seqs: [], comments: 0, ended: Promise.resolve(), leave: () => controller.abort() }
  const parser = createParser({
    onEvent({ id, data }) {
      const { seq } = JSON.parse(data)
      expect(String(seq)).toBe(id)
      listener.seqs.push(seq)
    },
    onComment: () => {
      listener.comments++
    },
  })
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder()
    for await (const piece of response.body ?? []) parser.feed(decoder.decode(piece, { stream: true }))
  }
  listener.ended = read().catch((error: unknown) => {
    if (!controller.signal.aborted) throw error
  })
  return listener
}

describe('Server-Sent Events', () => {
  it('send what is on record, then what comes, and end with the suite', async () => {
    await recordSuite(bench.store, { id: 's', runs: 4, status: 'running' })
    const listener = await listen('/v1/suites/s/events')
    await until('what is on record has come', async () => listener.seqs.length === 6)
    await recordRun(bench.store, 's', 4)
    await until('the new event has come', async () => listener.seqs.length === 7)
    await finishSuite(bench.store, 's')
    await listener.ended
    expect(listener.seqs).toEqual(range(1, 8))
  })

  it.each([
    ['?after=', (cursor: number) => listen(`/v1/suites/s/events?after=${cursor}`)],
    ['Last-Event-ID', (cursor: number) => listen('/v1/suites/s/events?after=0', { 'last-event-id': String(cursor) })],
  ])('go on at %s with no gap and no repeat', async (_, resume) => {
    await recordSuite(bench.store, { id: 's', runs: 1_300 })
    for (const cursor of [0, 1, 499, 500, 501, 1_000, 1_302]) {
      const listener = await resume(cursor)
      await listener.ended
      expect(listener.seqs, `after ${cursor}`).toEqual(range(cursor + 1, 1_303))
    }
  })

  it('of a search are sent in the same way', async () => {
    await recordSearch(bench.store, { id: 'c-1', status: 'running' })
    const listener = await listen('/v1/searches/c-1/events')
    await until('what is on record has come', async () => listener.seqs.length === 2)
    const data = { status: 'completed', answer: 'culprit', culprit: null } as const
    await bench.store.searches.finish('c-1', 'completed', { search: 'c-1', type: 'search.finished', ordinal: 0, data })
    await listener.ended
    expect(listener.seqs).toEqual(range(1, 3))
    const resumed = await listen('/v1/searches/c-1/events?after=2')
    await resumed.ended
    expect(resumed.seqs).toEqual([3])
    expect((await bench.call('GET', '/v1/searches/c-1/events?after=3')).status).toBe(204)
  })

  it('are over for who has seen the end: 204 keeps a browser from coming back', async () => {
    await recordSuite(bench.store, { id: 's', runs: 1 })
    expect((await bench.call('GET', '/v1/suites/s/events?after=4')).status).toBe(204)
  })

  it('show signs of life while nothing happens', async () => {
    await recordSuite(bench.store, { id: 's', runs: 1, status: 'running' })
    const listener = await listen('/v1/suites/s/events')
    await until('it has shown three', async () => listener.comments >= 3)
    listener.leave()
    await listener.ended
  })

  it('end with the key that asked for them', async () => {
    const key = await bench.key('short', 'read')
    await recordSuite(bench.store, { id: 's', runs: 1, status: 'running' })
    const listener = await listen('/v1/suites/s/events', { authorization: `Bearer ${key}` })
    await bench.store.keys.revoke('short')
    await listener.ended
    expect(listener.seqs).toEqual([1, 2, 3])
  })

  it.each(['-1', '1.5', 'x', '1e3', '9'.repeat(16)])('refuse the cursor %s', async (cursor) => {
    await recordSuite(bench.store, { id: 's', runs: 1 })
    const answer = await bench.call('GET', '/v1/suites/s/events', { headers: { 'last-event-id': cursor } })
    expect(answer.json()).toMatchObject({ code: 'invalid_input', field: 'Last-Event-ID' })
  })
})

describe('many subscribers', () => {
  it('share one reader, and each gets every event', async () => {
    await recordSuite(bench.store, { id: 's', runs: 100, status: 'running' })
    let reads = 0
    const { read } = bench.store.events
    bench.store.events.read = (...args) => {
      reads++
      return read(...args)
    }
    const listeners = await Promise.all(Array.from({ length: 50 }, () => listen('/v1/suites/s/events')))
    for (let attempt = 100; attempt < 150; attempt++) await recordRun(bench.store, 's', attempt)
    const before = reads
    await finishSuite(bench.store, 's')
    await Promise.all(listeners.map(({ ended }) => ended))
    for (const { seqs } of listeners) expect(seqs).toEqual(range(1, 153))
    // Every listener reading for itself would be fifty times as many.
    expect(before).toBeLessThan(1_000)
    expect(reads - before).toBeLessThan(50)
  })

  it('one that does not read holds up nobody, fills no memory, and misses nothing', async () => {
    await recordSuite(bench.store, { id: 's', runs: 1, status: 'running' })
    for (let ordinal = 0; ordinal < 2_000; ordinal++) await recordLargeEvent(bench.store, 's', ordinal)
    const { port } = new URL(bench.url)
    const buffered = watchBuffers(bench)
    const slow = connect(Number(port), '127.0.0.1')
    slow.write(`GET /v1/suites/s/events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
    await once(slow, 'readable')
    const quick = await listen('/v1/suites/s/events')
    await finishSuite(bench.store, 's')
    await quick.ended
    expect(quick.seqs).toEqual(range(1, 2_004))
    // The kernel takes some of the 16 MB; of the rest one batch waits in memory.
    expect(buffered.most()).toBeGreaterThan(0)
    expect(buffered.most()).toBeLessThan(400_000)
    let text = ''
    slow.setEncoding('utf8')
    slow.on('data', (piece) => {
      text += piece
    })
    await until('it has read all', async () => text.includes('suite.finished'))
    buffered.stop()
    slow.destroy()
    const seqs = [...text.matchAll(/^id: (\d+)$/gm)].map(([, seq]) => Number(seq))
    expect(seqs).toEqual(range(1, 2_004))
  })
})

/** The most that waits to be sent on any connection of a gateway, in bytes. */
function watchBuffers(watched: GatewayBench): { most(): number; stop(): void } {
  const sockets = new Set<import('node:net').Socket>()
  let most = 0
  const look = (): void => {
    for (const socket of sockets) most = Math.max(most, socket.writableLength)
  }
  watched.gateway.app.server.on('connection', (socket) => sockets.add(socket))
  const timer = setInterval(look, 5)
  return { most: () => most, stop: () => clearInterval(timer) }
}

describe('WebSocket streams', () => {
  async function frames(path: string, url = bench.webSocketUrl) {
    const socket = new WebSocket(url + path)
    const seqs: number[] = []
    socket.on('message', (data, isBinary) => {
      expect(isBinary).toBe(false)
      seqs.push(JSON.parse(String(data)).seq)
    })
    const closed = once(socket, 'close').then(([code]) => Number(code))
    await once(socket, 'open')
    return { socket, seqs, closed }
  }

  it('send the same events as JSON text frames and close in peace with the suite', async () => {
    await recordSuite(bench.store, { id: 's', runs: 4, status: 'running' })
    const { seqs, closed } = await frames('/v1/suites/s/stream?after=2')
    await recordRun(bench.store, 's', 4)
    await finishSuite(bench.store, 's')
    expect(await closed).toBe(1000)
    expect(seqs).toEqual(range(3, 8))
  })

  it('are closed as a restart when the gateway ends, and go on at another one', async () => {
    const other = await GatewayBench.start({ stateDir: bench.stateDir })
    const dying = await GatewayBench.start({ stateDir: bench.stateDir })
    await recordSuite(bench.store, { id: 's', runs: 3, status: 'running' })
    const first = await frames('/v1/suites/s/stream', dying.webSocketUrl)
    const sse = await listen('/v1/suites/s/events', {}, dying.url)
    await until('the events have come', async () => first.seqs.length === 5 && sse.seqs.length === 5)
    await dying.stop()
    expect(await first.closed).toBe(1012)
    await sse.ended
    await recordRun(bench.store, 's', 3)
    await finishSuite(bench.store, 's')
    const second = await frames(`/v1/suites/s/stream?after=${first.seqs.at(-1)}`, other.webSocketUrl)
    expect(await second.closed).toBe(1000)
    expect([...first.seqs, ...second.seqs]).toEqual(range(1, 7))
    await other.stop()
  })
})

it('a gateway that is about to end says so, and takes requests as before', async () => {
  const own = await GatewayBench.start()
  expect((await own.call('GET', '/readyz')).status).toBe(200)
  own.gateway.drain.announce()
  expect((await own.call('GET', '/readyz')).json()).toMatchObject({ code: 'draining', status: 503 })
  expect((await own.call('GET', '/v1/suites')).status).toBe(200)
  await own.stop()
})

it('a gateway that drains refuses what is new and lets what is in flight finish', async () => {
  const own = await GatewayBench.start()
  await recordSuite(own.store, { id: 's', runs: 3 })
  const { get } = own.store.suites
  const held = Promise.withResolvers<void>()
  const asked = Promise.withResolvers<void>()
  own.store.suites.get = async (id) => {
    asked.resolve()
    await held.promise
    return await get(id)
  }
  const inFlight = own.call('GET', '/v1/suites/s')
  await asked.promise
  own.gateway.drain.begin()
  const refused = await own.call('GET', '/v1/suites')
  expect(refused.json()).toMatchObject({ code: 'draining', status: 503 })
  expect(refused.headers.get('retry-after')).toBe('1')
  expect((await own.call('GET', '/readyz')).status).toBe(503)
  expect((await own.call('GET', '/healthz')).status).toBe(200)
  held.resolve()
  expect((await inFlight).status).toBe(200)
  await own.stop()
})

describe('logs', () => {
  it('come byte for byte while the run writes, and end with it', async () => {
    await recordSuite(bench.store, { id: 's', runs: 2, status: 'running' })
    await bench.store.suites.create({
      spec: { ...((await bench.store.suites.get('s'))?.spec ?? expect.fail('no suite')), id: 'live' },
      requestDigest: 'x',
      seeds: [1],
    })
    await bench.store.suites.putCommits('live', await bench.store.suites.commits('s', 0, 1))
    const key = { suite: 'live', sha: 'a1'.repeat(20), attempt: 0, generation: 0, try: 1 } as const
    const bytes = Buffer.from([0xff, 0x00, 0x0a, 0xc3])
    await bench.store.logs.append({ ...key, stream: 'stdout' }, 0, bytes)
    const response = await fetch(`${bench.url}/v1/runs/live.a1a1a1a1a1a1.0/log?follow=1&stream=stdout`)
    const reader = (response.body ?? expect.fail('no body')).getReader()
    expect(Buffer.from((await reader.read()).value ?? [])).toEqual(bytes)
    await bench.store.logs.append({ ...key, stream: 'stdout' }, 4, Buffer.from([0xa9]))
    expect(Buffer.from((await reader.read()).value ?? [])).toEqual(Buffer.from([0xa9]))
    const { try: _, ...run } = key
    await bench.store.results.record({
      ...{ ...run, seed: 1, outcome: 'passed', reason: null, exitCode: 0, signal: null, startedAt: null },
      ...{ durationMs: 1, tries: 1, node: 'n', artifacts: [] },
    })
    expect((await reader.read()).done).toBe(true)
    const rest = await bench.call('GET', '/v1/runs/live.a1a1a1a1a1a1.0/log?stream=stdout&offset=3')
    expect(rest.text).toBe('é')
    const unnamed = await bench.call('GET', '/v1/runs/live.a1a1a1a1a1a1.0/log?offset=3')
    expect(unnamed.json()).toMatchObject({ code: 'invalid_input', field: 'offset' })
  })
})
