import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectEveryRunOnce } from '../../../support/every-run-once.ts'
import { fault, OURS } from '../../support/own-cluster.ts'
import { PodBench } from '../../support/pod-bench.ts'
import { PodWitness } from '../../support/pod-witness.ts'

let bench: PodBench
beforeAll(async () => {
  bench = await PodBench.make()
})
afterAll(async () => {
  if (OURS) await fault('start-apiserver')
  await bench.dispose()
})

const AWAY_MS = 20_000
/** Longer than it takes from the begin of the third run to the fault. */
const COMMAND = 'for n in $(seq 1 60); do echo "line $n"; sleep 0.3; done'
const LINES = Array.from({ length: 60 }, (_, index) => `line ${index + 1}\n`).join('')

async function expectAllWhole(id: string, runs: number, witness: PodWitness): Promise<void> {
  const results = await expectEveryRunOnce(bench.store, id, runs)
  expect(results.map(({ outcome, tries }) => [outcome, tries])).toEqual(results.map(() => ['passed', 1]))
  for (const { attempt, sha } of results) {
    const key = { suite: id, sha, attempt, generation: 0, try: 1, stream: 'stdout' } as const
    expect(Buffer.from((await bench.store.logs.read(key, 0, 100_000)).bytes).toString()).toBe(LINES)
  }
  expect(new Set(witness.podsPerRun().values())).toEqual(new Set([1]))
}

describe.runIf(OURS)('parts of the cluster that fail while runs go on', () => {
  it('a kubelet that is restarted costs no run', async () => {
    const id = bench.id('kubelet')
    const witness = await PodWitness.start(id)
    const going = bench.home.report(...bench.suite(id, COMMAND, 8, '--parallelism', '4'))
    await bench.untilBegun(id, 3)
    await fault('restart-kubelet')
    await going
    witness.stop()
    await expectAllWhole(id, 8, witness)
  })

  it('an API server that is away for 20 s costs no run', async () => {
    const id = bench.id('apiserver')
    const witness = await PodWitness.start(id)
    const going = bench.home.report(...bench.suite(id, COMMAND, 8, '--parallelism', '4'))
    await bench.untilBegun(id, 3)
    await fault('stop-apiserver')
    // The length of the fault, not a wait.
    await delay(AWAY_MS)
    await fault('start-apiserver')
    await going
    witness.stop()
    await expectAllWhole(id, 8, witness)
  })
})
