import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectEveryRunOnce } from '../../../support/every-run-once.ts'
import { until } from '../../../support/until.ts'
import { Crowd } from '../../support/crowd.ts'
import type { PodBench } from '../../support/pod-bench.ts'
import { PodWitness } from '../../support/pod-witness.ts'

let crowd: Crowd
let bench: PodBench
beforeAll(async () => {
  crowd = await Crowd.make()
  bench = crowd.bench
})
afterAll(() => crowd.dispose())

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
  // How long that takes is measured by `make bench-kubernetes`.
  it('deletes every pod and the namespace, and gives each run its result', async () => {
    const id = bench.id('cancelled')
    await crowd.gather(id)
    const watching = bench.home.start('watch', id)
    await crowd.cancel(id)
    await watching
    const results = await expectEveryRunOnce(bench.store, id, 100)
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['cancelled']))
  })
})
