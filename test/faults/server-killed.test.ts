import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectEveryRunOnce } from '../support/every-run-once.ts'
import { FaultBench } from '../support/fault-suite.ts'

let bench: FaultBench
beforeAll(async () => {
  bench = await FaultBench.make({ COMMIT_SUITE_SLOTS: '4' })
})
afterAll(() => bench.dispose())

describe('a Temporal server that is killed', () => {
  it('comes back on the same address, and the suite goes on', async () => {
    const running = bench.home.start(...bench.suite('server', 20, 'sleep 0.3'), '--parallelism', '4', '--json')
    const addresses = new Set<string>()
    for (const finished of [2, 14, 28]) {
      await bench.untilFinished('server', finished)
      const { serverPid, temporalAddress } = await bench.home.readyStack()
      addresses.add(temporalAddress)
      bench.home.kill(serverPid)
    }
    expect((await running).exitCode).toBe(0)
    expect(addresses.size).toBe(1)
    const results = await expectEveryRunOnce(bench.store, 'server', 20)
    expect(results.every(({ outcome }) => outcome === 'passed')).toBe(true)
    expect([...(await bench.executions()).values()]).toEqual(Array.from({ length: 40 }, () => 1))
  })
})
