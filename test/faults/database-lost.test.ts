import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectEveryRunOnce } from '../support/every-run-once.ts'
import { FaultBench } from '../support/fault-suite.ts'
import { TestPostgres } from '../support/postgres.ts'

// A suite goes on when its result database is back, and what was written while it went away is there once.

let server: TestPostgres
let bench: FaultBench
beforeAll(async () => {
  server = await TestPostgres.start()
  bench = await FaultBench.make({ COMMIT_SUITE_SLOTS: '4', COMMIT_SUITE_DATABASE_URL: await server.database() })
})
afterAll(async () => {
  await bench?.dispose()
  await server?.dispose()
})

const RUNS = 25
const AWAY_MS = 1_500

describe('a result database', () => {
  it('whose connections are cut, and whose server crashes, costs no run and counts none twice', async () => {
    const running = bench.home.start(...bench.suite('lost', RUNS, 'sleep 0.3'), '--parallelism', '4', '--json')
    for (const finished of [2, 8, 14]) {
      await bench.untilFinished('lost', finished)
      expect(await server.cutConnections()).toBeGreaterThan(0)
    }
    for (const finished of [18, 30]) {
      await bench.untilFinished('lost', finished)
      await server.crash()
      // How long it is away is the test's input, not a wait: all runs in flight end, and find nowhere to go.
      await delay(AWAY_MS)
      await server.resume()
    }
    const { exitCode, stderr } = await running
    expect([exitCode, stderr]).toEqual([0, expect.any(String)])
    const results = await expectEveryRunOnce(bench.store, 'lost', RUNS)
    expect(results.every(({ outcome, tries }) => outcome === 'passed' && tries === 1)).toBe(true)
    expect([...(await bench.executions()).values()]).toEqual(Array.from({ length: 2 * RUNS }, () => 1))
  })
})
