import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectEveryRunOnce } from '../../../support/every-run-once.ts'
import { seededRandom } from '../../../support/random.ts'
import { until } from '../../../support/until.ts'
import { PodBench } from '../../support/pod-bench.ts'
import { PodWitness } from '../../support/pod-witness.ts'

let bench: PodBench
beforeAll(async () => {
  bench = await PodBench.make()
})
afterAll(() => bench.dispose())

const RUNS = 100
const LOST = 10

async function retriedRuns(id: string) {
  const events = await bench.store.events.read(id, 0, 100_000)
  return events.flatMap((event) => (event.type === 'run.retried' ? [event.data] : []))
}

describe('pods that somebody deletes', () => {
  it('ten of them during a hundred runs: tried again, counted once, in no rate', async () => {
    const id = bench.id('deleted')
    const namespace = bench.namespaceOf(id)
    const random = seededRandom(20261121)
    const failing = 'sleep 3; test $((TEST_SEED % 2)) = 0'
    const suite = bench.suite(id, failing, RUNS, '--parallelism', '10', '--seed', '5')
    const going = bench.home.report(...suite)
    const deleted = new Set<string>()
    let ended = false
    void going
      .catch(() => undefined)
      .then(() => {
        ended = true
      })
    // Counted by what was lost: a run may have ended between the look and the deletion.
    while (!ended && (await retriedRuns(id)).length < LOST) {
      // A pause between deletions, not a wait for a state: which run is hit is the schedule's choice.
      await delay(200)
      const running = (await bench.running(id)).filter((run) => !deleted.has(run))
      const victim = running[Math.floor(random() * running.length)]
      if (victim === undefined) continue
      const name = victim.replaceAll('.', '-')
      const gone = await bench.cluster
        .request(({ core }) => core.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: 0 }))
        .then(() => true)
        .catch(() => false)
      if (gone) deleted.add(victim)
    }
    const { report } = await going
    const results = await expectEveryRunOnce(bench.store, id, RUNS)
    expect(results.filter(({ outcome }) => outcome === 'error')).toEqual([])
    for (const { seed, outcome } of results) expect(outcome).toBe(seed % 2 === 0 ? 'passed' : 'failed')
    expect(report.commits[0]).toMatchObject({ runs: RUNS, errors: 0 })
    const retried = await retriedRuns(id)
    expect(retried.length).toBeGreaterThanOrEqual(LOST)
    expect(retried.every(({ fault, run }) => fault === 'pod_deleted' && deleted.has(run))).toBe(true)
    const again = results.filter(({ tries }) => tries > 1)
    expect(again).toHaveLength(new Set(retried.map(({ run }) => run)).size)
    for (const { artifacts } of again) expect(artifacts.map(({ name }) => name)).toContain('forensics/try-1.json')
  })

  it('warm pods: their runs are tried again in others', async () => {
    const id = bench.id('deleted-warm')
    const namespace = bench.namespaceOf(id)
    // Ends only in other pods than the first two, however long it takes until those are deleted.
    const command = 'hostname; case $(hostname) in *-warm-1 | *-warm-2) sleep 600 ;; esac'
    const suite = bench.suite(id, command, 4, '--parallelism', '2', '--isolation', 'warm', '--timeout', '10m')
    const going = bench.home.report(...suite)
    const attempts = [0, 1, 2, 3]
    const hosts = async () => {
      const printed = await Promise.all(attempts.map(async (attempt) => (await bench.stdout(id, { attempt })).trim()))
      return new Map(attempts.flatMap((attempt, index) => (printed[index] ? [[attempt, printed[index]]] : [])))
    }
    await until('each of the first two pods has a run', async () => (await hosts()).size === 2, 120_000)
    const lost = await hosts()
    for (const name of lost.values()) {
      await bench.cluster.request(({ core }) => core.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: 0 }))
    }
    await going
    const results = await expectEveryRunOnce(bench.store, id, 4)
    expect(results.map(({ outcome }) => outcome)).toEqual(['passed', 'passed', 'passed', 'passed'])
    expect(results.map(({ tries }) => tries)).toEqual(attempts.map((attempt) => (lost.has(attempt) ? 2 : 1)))
  })
})

describe('a worker that is killed', () => {
  it.each([['pod'], ['warm']])('finds its %s runs again: no second pod, no byte lost or doubled', async (isolation) => {
    const id = bench.id(`killed-${isolation}`)
    const witness = await PodWitness.start(id)
    // Each line takes its time, so that the worker dies in the middle of the output.
    const command = 'for n in $(seq 1 200); do echo "line $n"; sleep 0.1; done'
    const where = ['--parallelism', '3', '--isolation', isolation]
    const going = bench.home.report(...bench.suite(id, command, 3, ...where))
    await bench.untilBegun(id, 3)
    const { workerPid } = await bench.home.readyStack()
    bench.home.kill(workerPid)
    await going
    const results = await expectEveryRunOnce(bench.store, id, 3)
    expect(results.map(({ outcome, tries }) => [outcome, tries])).toEqual(results.map(() => ['passed', 1]))
    const lines = Array.from({ length: 200 }, (_, index) => `line ${index + 1}\n`).join('')
    for (const { attempt, sha } of results) {
      const key = { suite: id, sha, attempt, generation: 0, try: 1, stream: 'stdout' } as const
      expect(Buffer.from((await bench.store.logs.read(key, 0, 100_000)).bytes).toString()).toBe(lines)
    }
    witness.stop()
    if (isolation === 'pod') expect([...witness.podsPerRun().values()]).toEqual([1, 1, 1])
    else expect([...witness.pods.values()].filter(({ role }) => role === 'warm')).toHaveLength(3)
  })
})
