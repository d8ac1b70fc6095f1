import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectEveryRunOnce } from '../../../support/every-run-once.ts'
import { until } from '../../../support/until.ts'
import { allocatableMillicores } from '../../support/node-room.ts'
import { OURS } from '../../support/own-cluster.ts'
import { PodBench } from '../../support/pod-bench.ts'
import { PodWitness } from '../../support/pod-witness.ts'

let bench: PodBench
let templates: string
beforeAll(async () => {
  templates = await mkdtemp(join(tmpdir(), 'cs-templates-'))
  bench = await PodBench.make({ COMMIT_SUITE_TEMPLATES: templates })
  await mkdir(join(templates, 'twentieth'))
  // A twenty-first does not fit, as what is cut off is less than one.
  const cpu = Math.floor((await allocatableMillicores(bench.cluster)) / 20)
  const resources = `{requests: {cpu: ${cpu}m, memory: 16Mi}, limits: {cpu: 1, memory: 256Mi}}`
  await writeFile(
    join(templates, 'twentieth', 'template.yaml'),
    `image: buildpack-deps:bookworm\nresources: ${resources}\n`,
  )
})
afterAll(async () => {
  await bench.dispose()
  await rm(templates, { recursive: true, force: true })
})

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

const running = async (id: string) => (await bench.pods(id)).filter(({ status }) => status?.phase === 'Running').length

/** Pods that the scheduler has no room for. */
const waiting = async (id: string) =>
  (await bench.pods(id)).filter(({ status }) =>
    status?.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'Unschedulable'),
  ).length

describe('cancel with twenty runs going on and eighty waiting for room', () => {
  it('deletes every pod within 10 s and leaves nothing within 60 s', async () => {
    const id = bench.id('cancelled')
    const namespace = bench.namespaceOf(id)
    const where = ['--parallelism', '100', '--project-type', 'twentieth']
    await bench.home.cli(...bench.suite(id, 'sleep 600', 100, ...where, '--detach'))
    const watching = bench.home.start('watch', id)
    // Pods of earlier tests may still be on their way out: then the node fills up a little later.
    await until(
      OURS ? 'twenty run and eighty wait' : 'all run or wait',
      async () => {
        const [run, wait] = [await running(id), await waiting(id)]
        return OURS ? run === 20 && wait === 80 : run > 0 && run + wait === 100
      },
      120_000,
    )
    await bench.untilRunning(id, OURS ? 20 : 1)
    const beganMs = Date.now()
    const cancelling = bench.home.cli('cancel', id)
    await until(
      'every pod is going',
      async () => (await bench.pods(id)).every(({ metadata }) => metadata?.deletionTimestamp !== undefined),
      60_000,
    )
    const goingAfterMs = Date.now() - beganMs
    await until('every pod is gone', async () => (await bench.pods(id)).length === 0, 120_000)
    await until('its namespace is gone', async () => !(await bench.namespaceExists(namespace)), 120_000)
    const goneAfterMs = Date.now() - beganMs
    await Promise.all([cancelling, watching])
    const results = await expectEveryRunOnce(bench.store, id, 100)
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['cancelled']))
    expect(goingAfterMs).toBeLessThanOrEqual(10_000)
    expect(goneAfterMs).toBeLessThanOrEqual(60_000)
  })
})
