import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectEveryRunOnce } from '../support/every-run-once.ts'
import { FaultBench } from '../support/fault-suite.ts'
import { until } from '../support/until.ts'

const RUNS = 200
let bench: FaultBench
beforeAll(async () => {
  bench = await FaultBench.make({ COMMIT_SUITE_SLOTS: String(RUNS) }, 1)
})
afterAll(() => bench.dispose())

describe('a suite cancelled with 200 runs in flight', () => {
  it('leaves no process and no workspace, and every run has one result', async () => {
    // Marks its process trees by its own environment, not by a folder that others may name too.
    const marker = `MARKS=${bench.marks}`
    const running = bench.home.start(...bench.suite('many', RUNS, 'sleep 600'), '--parallelism', String(RUNS), '--json')
    await until('all runs are in flight', async () => (await bench.executions()).size === RUNS, 240_000)
    expect(await bench.home.cli('cancel', 'many')).toMatchObject({ exitCode: 0 })
    expect((await running).exitCode).toBe(130)
    await until(
      'no process is left',
      async () => (await bench.home.processes((text) => text.includes(marker))).length === 0,
    )
    await until('no workspace is left', async () => (await bench.home.workspaces()).length === 0)
    const results = await expectEveryRunOnce(bench.store, 'many', RUNS)
    expect(results.every(({ outcome }) => outcome === 'cancelled')).toBe(true)
  })
})
