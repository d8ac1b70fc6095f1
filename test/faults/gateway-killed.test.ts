import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectEveryRunOnce } from '../support/every-run-once.ts'
import { FaultBench } from '../support/fault-suite.ts'
import { FollowingClient } from '../support/following-client.ts'
import { startServing } from '../support/serving.ts'
import { until } from '../support/until.ts'

// A client that comes back with its cursor sees every event once, whichever gateway was killed meanwhile.

let bench: FaultBench
beforeAll(async () => {
  bench = await FaultBench.make({ COMMIT_SUITE_SLOTS: '4' })
})
afterAll(() => bench.dispose())

describe('a gateway that is killed', () => {
  it('costs its clients no event and no repeat: they go on at the other replica, or at the next one', async () => {
    const first = await startServing(bench.home)
    const second = await startServing(bench.home, 'gateway')
    const urls = [second.url, first.url]
    const running = bench.home.start(...bench.suite('replicas', 30, 'sleep 0.2'), '--parallelism', '4', '--json')
    await bench.untilFinished('replicas', 3)
    const client = new FollowingClient('replicas', () => urls)
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
