import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FaultBench } from '../support/fault-suite.ts'
import { seededRandom } from '../support/random.ts'
import { until } from '../support/until.ts'

let bench: FaultBench
beforeAll(async () => {
  bench = await FaultBench.make({ COMMIT_SUITE_SLOTS: '4' })
})
afterAll(() => bench.dispose())

const KILLS = 3
const LONGEST_LIFE_MS = 1500

describe('a worker that is killed in the middle of an extension', () => {
  it('leaves every run with exactly one newest result, executed once in its generation', async () => {
    const { home, store } = bench
    const cancelled = home.start(...bench.suite('extended', 20, 'sleep 0.5'), '--parallelism', '4')
    await bench.untilFinished('extended', 6)
    cancelled.kill('SIGINT')
    expect((await cancelled).exitCode).toBe(130)
    const lost = [...(await store.results.tallies('extended')).values()].map((tally) => tally.cancelled)
    expect(Math.min(...lost)).toBeGreaterThan(0)
    const before = await bench.executions()
    const after = (await store.events.lastSeq('extended')) + 1

    const random = seededRandom(20261129)
    const extending = home.start('extend', 'extended', '--errors', '--runs', '10', '--number', '1')
    // By then the stack is the one of the extension, not what the command before has left.
    await until('the extension is on record', async () => (await store.suites.get('extended'))?.extensions === 1)
    for (let kill = 0; kill < KILLS; kill++) {
      const { workerPid } = await home.readyStack()
      // The moment of the fault, not a wait: the schedule is the test's input.
      await delay(random() * LONGEST_LIFE_MS)
      home.kill(workerPid)
    }
    expect((await extending).exitCode).toBe(0)

    const events = await store.events.read('extended', 0, 100_000)
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    const ended = events.flatMap((event) => (event.type === 'run.finished' ? [event.data.run] : []))
    expect(new Set(ended).size).toBe(ended.length)
    expect(events.slice(after - 1).filter(({ type }) => type === 'run.finished')).toHaveLength(
      20 + lost.reduce((sum, runs) => sum + runs, 0),
    )
    for (const sha of bench.repo.shas) {
      const newest = await store.results.list({ suite: 'extended', sha, limit: 100 })
      expect(newest.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 30 }, (_, attempt) => attempt))
      expect(newest.every(({ outcome }) => outcome === 'passed')).toBe(true)
    }
    // The runner outlived every worker: what was executed before is executed once more at most, by its repetition.
    for (const [run, times] of await bench.executions()) expect(times).toBeLessThanOrEqual(1 + (before.get(run) ?? 0))
    expect(await home.workspaces()).toEqual([])
  })
})
