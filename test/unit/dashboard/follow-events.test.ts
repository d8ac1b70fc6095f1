import { describe, expect, test } from 'vitest'
import { ApiError } from '../../../src/dashboard/api/api-error.ts'
import { type FollowOptions, followEvents } from '../../../src/dashboard/api/follow-events.ts'

interface Told {
  seq: number
}
type Answer = Response | Error | 'break'

const encode = (text: string) => new TextEncoder().encode(text)
const sse = (...numbers: number[]) =>
  numbers.map((seq) => `id: ${seq}\nevent: run.finished\ndata: {"seq":${seq}}\n\n`).join('')

/** A stream that sends pieces and then ends, or breaks off. */
function streamOf(pieces: string[], breaksOff = false): Response {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(encode(piece))
      if (!breaksOff) controller.close()
    },
    pull(controller) {
      controller.error(new TypeError('network error'))
    },
  })
  return new Response(body)
}
const over = () => new Response(null, { status: 204 })

/** Follows through these answers; tells what came of it. */
async function follow(answers: Answer[], more: Partial<FollowOptions<Told>> = {}) {
  const events: number[] = []
  const states: string[] = []
  const cursors: (string | undefined)[] = []
  const pauses: number[] = []
  const refusals: string[] = []
  const controller = new AbortController()
  await followEvents<Told>({
    path: '/v1/suites/one/events',
    signal: controller.signal,
    onEvents: (batch) => events.push(...batch.map(({ seq }) => seq)),
    onState: (state) => states.push(state),
    onRefused: ({ code }) => refusals.push(code),
    async open(_path, headers) {
      cursors.push(headers['last-event-id'])
      const next = answers.shift()
      if (next === undefined) throw new Error('asked once too often')
      if (next instanceof Error) throw next
      return next instanceof Response ? next : streamOf([], true)
    },
    pause: async (ms) => void pauses.push(ms),
    ...more,
  })
  return { events, states, cursors, pauses, refusals }
}

describe('following a stream of events', () => {
  test('gives each event once and in order, until the gateway says that it is over', async () => {
    const told = await follow([streamOf(['retry: 500\n\n', sse(1, 2), ': alive\n\n', sse(3)]), over()])
    expect(told.events).toEqual([1, 2, 3])
    expect(told.states.at(-1)).toBe('ended')
    expect(told.states).not.toContain('retrying')
    expect(told.cursors).toEqual([undefined, '3'])
  })

  test('goes on from the last event after a break, and drops what comes again', async () => {
    const told = await follow([streamOf([sse(1, 2)], true), streamOf([sse(2, 3)]), over()])
    expect(told.events).toEqual([1, 2, 3])
    expect(told.cursors).toEqual([undefined, '2', '3'])
    expect(told.states).toEqual(['connecting', 'live', 'retrying', 'live', 'connecting', 'ended'])
  })

  test('puts events together that are cut anywhere, also within a character', async () => {
    const whole = encode(`id: 1\ndata: {"seq":1,"text":"é"}\n\n${sse(2)}`)
    for (let at = 1; at < whole.length; at++) {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(whole.slice(0, at))
          controller.enqueue(whole.slice(at))
          controller.close()
        },
      })
      const told = await follow([new Response(body), over()])
      expect(told.events).toEqual([1, 2])
    }
  })

  test('waits longer from try to try, and no longer than ten seconds', async () => {
    const away = () => new ApiError(0, 'unreachable', 'no')
    const busy = () => new ApiError(503, 'draining', 'no')
    const told = await follow([away(), busy(), away(), away(), away(), away(), streamOf([sse(1)]), away(), over()])
    expect(told.pauses).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 500])
    expect(told.events).toEqual([1])
  })

  test('waits before it asks again where a stream ends without news', async () => {
    const told = await follow([streamOf([]), over()])
    expect(told.pauses).toEqual([500])
  })

  test.each([401, 403, 404])('asks no more once it is refused with %d', async (status) => {
    const told = await follow([streamOf([sse(1)], true), new ApiError(status, 'refused', 'no')])
    expect(told.refusals).toEqual(['refused'])
    expect(told.events).toEqual([1])
  })

  test('begins after the event that is known', async () => {
    const told = await follow([streamOf([sse(8, 9)]), over()], { after: 8 })
    expect(told.cursors[0]).toBe('8')
    expect(told.events).toEqual([9])
  })

  test('ends without a word once nobody wants it any more', async () => {
    const controller = new AbortController()
    const told = await follow([streamOf([sse(1)], true)], {
      signal: controller.signal,
      pause: async () => controller.abort(),
    })
    expect(told.events).toEqual([1])
    expect(told.refusals).toEqual([])
  })
})
