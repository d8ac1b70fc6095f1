import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alwaysValid } from '../../src/stats/always-valid.ts'
import { FaultBench } from '../support/fault-suite.ts'
import { seededRandom } from '../support/random.ts'

let bench: FaultBench
beforeAll(async () => {
  bench = await FaultBench.make({ COMMIT_SUITE_SLOTS: '4' })
})
afterAll(() => bench.dispose())

const KILLS = 4
const LONGEST_LIFE_MS = 1500
/** Every 15th run fails: 3 ln 5 - 42 ln(.99/.95) is the first to reach ln 19. */
const RARE = 'sleep 0.5; test $(($ATTEMPT % 15)) != 14'
const EVIDENCE = 45

describe('a worker that is killed while the evidence of a suite is looked at', () => {
  it('stops at the same run with the same verdict, and no run that counts is executed or counted twice', async () => {
    const { home, store } = bench
    const random = seededRandom(20261130)
    const running = home.start(...bench.suite('stopping', 1_000, RARE), '--until', 'verdict', '--json')
    await bench.untilFinished('stopping', 1)
    let killedMidSuite = 0
    for (let kill = 0; kill < KILLS; kill++) {
      const { workerPid } = await home.readyStack()
      // The moment of the fault, not a wait: the schedule is the test's input.
      await delay(random() * LONGEST_LIFE_MS)
      if ((await bench.finished('stopping')) < 2 * EVIDENCE) killedMidSuite++
      home.kill(workerPid)
    }
    const { exitCode, stdout } = await running
    expect(killedMidSuite).toBe(KILLS)
    expect(exitCode).toBe(1)
    const { commits } = JSON.parse(stdout)
    const counted = { verdict: 'flaky', stoppedEarly: true, evidence: EVIDENCE, runs: EVIDENCE, failed: 3, errors: 0 }
    expect(commits).toMatchObject([counted, counted])
    const executions = await bench.executions()
    for (const [number, commit] of commits.entries()) {
      expect(commit.interval).toEqual(alwaysValid(3, EVIDENCE))
      const attempts = Array.from({ length: EVIDENCE }, (_, attempt) => attempt)
      const results = await store.results.list({ suite: 'stopping', sha: commit.sha, limit: 1_000 })
      expect(results.slice(0, EVIDENCE).map(({ attempt }) => attempt)).toEqual(attempts)
      for (const attempt of attempts) expect(executions.get(`${number}.${attempt}`)).toBe(1)
    }
    expect(await home.workspaces()).toEqual([])
  })
})
