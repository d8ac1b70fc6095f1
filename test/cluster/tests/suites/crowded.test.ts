import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectEveryRunOnce } from '../../../support/every-run-once.ts'
import { until } from '../../../support/until.ts'
import { PodBench } from '../../support/pod-bench.ts'
import { PodWitness } from '../../support/pod-witness.ts'

let bench: PodBench
beforeAll(async () => {
  bench = await PodBench.make()
})
afterAll(() => bench.dispose())

const QUOTA = 'commit-suite'

describe('a quota that admits two pods at a time', () => {
  it.each([['pod'], ['warm']])('lets all runs through in turn and says what they wait for (%s)', async (isolation) => {
    const id = bench.id(`quota-${isolation}`)
    const namespace = bench.namespaceOf(id)
    const witness = await PodWitness.start(id)
    const where = ['--parallelism', '8', '--isolation', isolation]
    const going = bench.home.report(...bench.suite(id, 'sleep 0.5', 8, ...where))
    await until('the quota is there', async () => {
      const tighten = [{ op: 'replace', path: '/spec/hard/pods', value: '2' }]
      const patched = bench.cluster.request(({ core }) =>
        core.patchNamespacedResourceQuota(
          { namespace, name: QUOTA, body: tighten },
          setHeaderOptions('Content-Type', PatchStrategy.JsonPatch),
        ),
      )
      return await patched.then(() => true).catch(() => false)
    })
    await going
    witness.stop()
    const results = await expectEveryRunOnce(bench.store, id, 8)
    expect(results.map(({ outcome, tries }) => [outcome, tries])).toEqual(results.map(() => ['passed', 1]))
    expect(witness.mostAtOnce).toBeLessThanOrEqual(2)
    const events = await bench.store.events.read(id, 0, 10_000)
    const reasons = events.flatMap((event) => (event.type === 'run.waiting' ? [event.data.reason] : []))
    expect(reasons.some((reason) => reason.includes('exceeded quota'))).toBe(true)
  })
})

describe('cancel with twenty runs going on and eighty waiting for room', () => {
  it('deletes every pod within 10 s and leaves nothing within 60 s', async () => {
    const id = bench.id('cancelled')
    const namespace = bench.namespaceOf(id)
    // A hundred millicores each: two processors have room for twenty at most.
    await bench.home.cli(...bench.suite(id, 'sleep 600', 100, '--parallelism', '100', '--detach'))
    const watching = bench.home.start('watch', id)
    const count = async (phase: string) => (await bench.pods(id)).filter(({ status }) => status?.phase === phase).length
    await until('the node is full', async () => (await count('Running')) >= 15, 120_000)
    await until('the rest waits', async () => (await bench.pods(id)).length === 100, 120_000)
    const beganMs = Date.now()
    await bench.home.cli('cancel', id)
    await until(
      'every pod is going',
      async () => (await bench.pods(id)).every(({ metadata }) => metadata?.deletionTimestamp !== undefined),
      60_000,
    )
    const goingAfterMs = Date.now() - beganMs
    await until('every pod is gone', async () => (await bench.pods(id)).length === 0, 120_000)
    await until('its namespace is gone', async () => !(await bench.namespaceExists(namespace)), 120_000)
    const goneAfterMs = Date.now() - beganMs
    await watching
    const results = await expectEveryRunOnce(bench.store, id, 100)
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['cancelled']))
    expect({ goingAfterMs: goingAfterMs <= 10_000, goneAfterMs: goneAfterMs <= 60_000 }).toEqual({
      goingAfterMs: true,
      goneAfterMs: true,
    })
  })
})
