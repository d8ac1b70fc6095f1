import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectEveryRunOnce } from '../support/every-run-once.ts'
import { FaultBench } from '../support/fault-suite.ts'
import { until } from '../support/until.ts'

let bench: FaultBench
beforeAll(async () => {
  bench = await FaultBench.make({ COMMIT_SUITE_SLOTS: '4' })
})
afterAll(() => bench.dispose())

describe('everything killed at once', () => {
  it('is resumed by the next watch: no finished run is lost, every run has one result', async () => {
    const running = bench.home.start(...bench.suite('all', 20, 'sleep 0.4'), '--parallelism', '4')
    await bench.untilFinished('all', 10)
    await bench.home.killAll()
    await running
    const before = await bench.finished('all')
    expect(before).toBeGreaterThanOrEqual(10)
    expect(before).toBeLessThan(40)
    const { exitCode, report } = await bench.home.report('watch', 'all')
    expect(exitCode).toBe(0)
    expect(report.status).toBe('completed')
    const results = await expectEveryRunOnce(bench.store, 'all', 20)
    expect(results.every(({ outcome }) => outcome === 'passed')).toBe(true)
    // Only what was in flight at the crash was executed again.
    const repeated = [...(await bench.executions()).values()].filter((times) => times > 1)
    expect(repeated.length).toBeLessThanOrEqual(4)
    await until('no workspace is left', async () => (await bench.home.workspaces()).length === 0)
  })
})
