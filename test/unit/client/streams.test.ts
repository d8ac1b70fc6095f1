import { expect, test } from 'vitest'
import { event, FaultyGateway, hangUp, noContent, problem, sse, stream } from './faulty-gateway.ts'

const SSE = { 'content-type': 'text/event-stream' }

async function numbers(events: AsyncIterable<{ seq: number }>): Promise<number[]> {
  const seen: number[] = []
  for await (const { seq } of events) seen.push(seq)
  return seen
}
const cursors = (gateway: FaultyGateway) => gateway.requests.map(({ url }) => url.split('after=')[1])

test('events go on at the cursor after every kind of break, with no gap and no repeat', async () => {
  const half = `data: ${JSON.stringify(event(3)).slice(0, 20)}`
  await using gateway = await FaultyGateway.start(
    hangUp,
    stream(`retry: 500\n\n${sse(event(1), event(2))}${half}`, 'break', SSE),
    problem(503, 'draining', {}, { 'retry-after': '0' }),
    stream(`: alive\n\n${sse(event(2), event(3))}`, 'end', SSE),
    stream(sse(event(4)), 'hang', SSE),
    stream(sse(event(6)), 'end', SSE),
    stream(sse(event(5), event(6)), 'end', SSE),
    noContent,
  )
  expect(await numbers(gateway.client({ silenceMs: 1_000 }).events('s-one'))).toEqual([1, 2, 3, 4, 5, 6])
  expect(cursors(gateway)).toEqual(['0', '0', '2', '2', '3', '4', '4', '6'])
})

test('events that arrive byte by byte are whole, and batches are as they came', async () => {
  const text = Buffer.from(sse({ ...event(1), type: 'suite.later', data: { text: 'ü€😀' } } as never, event(2)))
  await using gateway = await FaultyGateway.start(
    async (_, response) => {
      response.writeHead(200, SSE)
      for (const byte of text) await new Promise((resolve) => response.write(Buffer.of(byte), resolve))
      response.end()
    },
    stream(sse(event(3), event(4)), 'end', SSE),
    noContent,
  )
  const batches: number[][] = []
  for await (const batch of gateway.client().eventBatches('s-one')) batches.push(batch.map(({ seq }) => seq))
  // The first is of a kind that this version does not know.
  expect(batches).toEqual([[2], [3, 4]])
})

test('events that are none are no gateway', async () => {
  await using gateway = await FaultyGateway.start(stream('data: {"seq":1,"type":"suite.paused"}\n\n', 'end', SSE))
  await expect(numbers(gateway.client().events('s-one'))).rejects.toMatchObject({ code: 'gateway_unavailable' })
  expect(gateway.requests).toHaveLength(1)
})

test('a gateway that stays away ends the events after a bounded time', async () => {
  await using gateway = await FaultyGateway.start(stream(sse(event(1)), 'break', SSE), hangUp)
  const events = gateway.client({ streamPatienceMs: 400 }).events('s-one')
  expect((await events.next()).value).toMatchObject({ seq: 1 })
  await expect(events.next()).rejects.toMatchObject({ code: 'gateway_unavailable' })
})

test('events of a suite that is not there are refused at once', async () => {
  await using gateway = await FaultyGateway.start(problem(404, 'suite_not_found'))
  await expect(numbers(gateway.client().events('s-one'))).rejects.toMatchObject({ code: 'suite_not_found' })
  expect(gateway.requests).toHaveLength(1)
})

test('a signal ends events without an error', async () => {
  await using gateway = await FaultyGateway.start(stream(sse(event(1)), 'hang', SSE))
  const stop = new AbortController()
  const seen: number[] = []
  for await (const { seq } of gateway.client().events('s-one', { signal: stop.signal })) {
    seen.push(seq)
    setImmediate(() => stop.abort())
  }
  expect(seen).toEqual([1])
})

test('a log goes on at the byte where it broke, in the same try', async () => {
  const bytes = Buffer.from([0, 255, 10, 128, 13, 7])
  await using gateway = await FaultyGateway.start(
    stream(bytes.subarray(0, 4), 'break', { 'commit-suite-try': '2' }),
    hangUp,
    stream(bytes.subarray(4), 'end', { 'commit-suite-try': '2' }),
  )
  const pieces: Uint8Array[] = []
  for await (const piece of gateway.client().log('s-one.0123456789ab.0', { stream: 'stderr', follow: true })) {
    pieces.push(piece)
  }
  expect(Buffer.concat(pieces)).toEqual(bytes)
  const path = '/v1/runs/s-one.0123456789ab.0/log?stream=stderr'
  expect(gateway.requests.map(({ url }) => url)).toEqual([
    `${path}&offset=0&follow=1`,
    `${path}&try=2&offset=4&follow=1`,
    `${path}&try=2&offset=4&follow=1`,
  ])
})

test('a log of both streams cannot be resumed, and says so', async () => {
  await using gateway = await FaultyGateway.start(stream('some', 'break'))
  const log = gateway.client().log('s-one.0123456789ab.0')
  await log.next()
  await expect(log.next()).rejects.toMatchObject({ code: 'gateway_unavailable' })
  expect(gateway.requests).toHaveLength(1)
})
