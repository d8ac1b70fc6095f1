import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectEveryRunOnce } from '../support/every-run-once.ts'
import { FaultBench } from '../support/fault-suite.ts'
import { seededRandom } from '../support/random.ts'

let bench: FaultBench
beforeAll(async () => {
  bench = await FaultBench.make({ COMMIT_SUITE_SLOTS: '4' })
})
afterAll(() => bench.dispose())

const KILLS = 10
const LONGEST_LIFE_MS = 1500

describe('a worker that is killed', () => {
  it('at ten random moments of a suite loses no run, and no run is executed or counted twice', async () => {
    const random = seededRandom(20260131)
    const running = bench.home.start(...bench.suite('killed', 60, 'sleep 0.5'), '--parallelism', '4', '--json')
    await bench.untilFinished('killed', 1)
    let killedMidSuite = 0
    for (let kill = 0; kill < KILLS; kill++) {
      const { workerPid } = await bench.home.readyStack()
      // The moment of the fault, not a wait: the schedule is the test's input.
      await delay(random() * LONGEST_LIFE_MS)
      if ((await bench.finished('killed')) < 120) killedMidSuite++
      bench.home.kill(workerPid)
    }
    const { exitCode } = await running
    expect(killedMidSuite).toBe(KILLS)
    expect(exitCode).toBe(0)
    const results = await expectEveryRunOnce(bench.store, 'killed', 60)
    expect(results.every(({ outcome, tries }) => outcome === 'passed' && tries === 1)).toBe(true)
    // The runner outlived every worker: each run was adopted, none was started again.
    expect([...(await bench.executions()).values()]).toEqual(Array.from({ length: 120 }, () => 1))
    expect(await bench.home.workspaces()).toEqual([])
  })
})
