import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectEveryRunOnce } from '../support/every-run-once.ts'
import { FaultBench } from '../support/fault-suite.ts'
import { until } from '../support/until.ts'

let bench: FaultBench
beforeAll(async () => {
  bench = await FaultBench.make({ COMMIT_SUITE_SLOTS: '4' }, 1)
})
afterAll(() => bench.dispose())

describe('a runner process that is killed', () => {
  it('takes its runs with it; they are tried again and counted once', async () => {
    const marker = `MARKS=${bench.marks}`
    const running = bench.home.start(...bench.suite('runner', 12, 'sleep 2'), '--parallelism', '4', '--json')
    const alive = () => bench.home.processes((text) => text.includes(marker) && text.includes('sleep'))
    await until('four runs are alive', async () => (await alive()).length >= 4)
    const runner = await bench.home.runner()
    if (runner === undefined) throw new Error('no runner is alive')
    const orphans = await alive()
    process.kill(runner.pid, 'SIGKILL')
    await until('its runs are gone', async () => {
      const now = await alive()
      return orphans.every((pid) => !now.includes(pid))
    })
    expect((await running).exitCode).toBe(0)
    const results = await expectEveryRunOnce(bench.store, 'runner', 12)
    expect(results.every(({ outcome }) => outcome === 'passed')).toBe(true)
    expect(results.filter(({ tries }) => tries === 2).length).toBeGreaterThanOrEqual(1)
    const events = await bench.store.events.read('runner', 0, 10_000)
    expect(events.some((event) => event.type === 'run.retried' && event.data.fault === 'runner_lost')).toBe(true)
  })
})
