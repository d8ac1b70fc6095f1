import { setTimeout as sleep } from 'node:timers/promises'
import { createParser } from 'eventsource-parser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectEveryRunOnce } from '../support/every-run-once.ts'
import { FaultBench } from '../support/fault-suite.ts'
import { startServing } from '../support/serving.ts'
import { until } from '../support/until.ts'

// A client that comes back with its cursor sees every event once, whichever gateway was killed meanwhile.

let bench: FaultBench
beforeAll(async () => {
  bench = await FaultBench.make({ COMMIT_SUITE_SLOTS: '4' })
})
afterAll(() => bench.dispose())

/** Follows a suite at whatever gateway answers, coming back with its cursor until the stream ends by itself. */
class Client {
  readonly seqs: number[] = []
  readonly ended: Promise<void>
  broken = 0

  constructor(suite: string, urls: () => readonly string[]) {
    this.ended = this.#follow(suite, urls)
  }

  async #follow(suite: string, urls: () => readonly string[]): Promise<void> {
    for (let next = 0; ; next++) {
      const url = urls()[next % urls().length] ?? ''
      try {
        const headers = { 'last-event-id': String(this.seqs.at(-1) ?? 0) }
        const response = await fetch(`${url}/v1/suites/${suite}/events`, { headers })
        if (response.status === 204) return
        await this.#read(response)
      } catch {
        this.broken++
        await sleep(50)
      }
    }
  }

  async #read(response: Response): Promise<void> {
    const parser = createParser({ onEvent: ({ id }) => void this.seqs.push(Number(id)) })
    const decoder = new TextDecoder()
    for await (const piece of response.body ?? []) parser.feed(decoder.decode(piece, { stream: true }))
  }
}

describe('a gateway that is killed', () => {
  it('costs its clients no event and no repeat: they go on at the other replica, or at the next one', async () => {
    const first = await startServing(bench.home)
    const second = await startServing(bench.home, 'gateway')
    const urls = [second.url, first.url]
    const running = bench.home.start(...bench.suite('replicas', 30, 'sleep 0.2'), '--parallelism', '4', '--json')
    await bench.untilFinished('replicas', 3)
    const client = new Client('replicas', () => urls)
    await until('the client has seen events', async () => client.seqs.length > 5)
    bench.home.kill(second.pid)
    await bench.untilFinished('replicas', 20)
    const third = await startServing(bench.home, 'gateway')
    urls.push(third.url)
    bench.home.kill(first.pid)
    expect((await running).exitCode).toBe(0)
    await client.ended
    expect(client.broken).toBeGreaterThan(0)
    const last = await bench.store.events.lastSeq('replicas')
    expect(client.seqs).toEqual(Array.from({ length: last }, (_, index) => index + 1))
    await expectEveryRunOnce(bench.store, 'replicas', 30)
    expect(await third.stop()).toBe(0)
  })
})
