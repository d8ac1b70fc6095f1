import { resolve } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { environmentListSchema } from '../../../../src/contract/http/environments.ts'
import { isOpen } from '../../../../src/contract/index.ts'
import { laneNamespace } from '../../../../src/executors/kubernetes/names.ts'
import { expectEveryRunOnce } from '../../../support/every-run-once.ts'
import { until } from '../../../support/until.ts'
import { Deployment } from '../../support/deployment.ts'
import { kubectl } from '../../support/kubectl.ts'
import { OURS } from '../../support/own-cluster.ts'
import { PodWitness } from '../../support/pod-witness.ts'

// The image is built from this checkout, and the manifests are those that are shipped.

const BUILDING_MS = 20 * 60_000
const RUNS = 20
const id = `deployed-${Date.now().toString(36)}`

const built = async () => (await execa(resolve('test/cluster/cluster.sh'), ['image'])).stdout.trim()

describe.runIf(OURS)('the system, deployed in the cluster', () => {
  let deployed: Deployment
  beforeAll(async () => {
    deployed = await Deployment.make(process.env.TEST_CLUSTER_IMAGE ?? (await built()))
  }, BUILDING_MS)
  afterAll(async () => {
    if (deployed === undefined) return
    const lane = laneNamespace(id, deployed.repo.shas[0] ?? '')
    await deployed.dispose()
    await kubectl(['delete', 'namespace', lane, '--ignore-not-found', '--wait=false'])
  })

  it('runs a suite in pods, and a rolling update amidst it loses and repeats nothing', async () => {
    const witness = await PodWitness.start(id)
    const started = await deployed.call('POST', '/v1/suites', {
      id,
      repo: deployed.repoUrl,
      commits: ['HEAD'],
      command: { shell: 'sleep 3; test "$ATTEMPT" -ne 3' },
      setup: null,
      executor: 'kubernetes',
      runs: RUNS,
      parallelism: 3,
      keep: 'always',
    })
    expect([started.status, await started.clone().text()]).toEqual([202, expect.stringContaining(id)])
    const ended = async () =>
      (await deployed.store.events.read(id, 0, 1000)).filter(({ type }) => type === 'run.finished').length
    await until('some runs have ended', async () => (await ended()) >= 3, 240_000)
    await deployed.rollOver()
    await until(
      'the suite has ended',
      async () => !isOpen((await deployed.store.suites.get(id))?.status ?? 'queued'),
      280_000,
    )
    witness.stop()
    const results = await expectEveryRunOnce(deployed.store, id, RUNS)
    expect(results.filter(({ outcome }) => outcome !== 'passed')).toMatchObject([{ attempt: 3, outcome: 'failed' }])
    expect([...witness.podsPerRun().values()]).toEqual(results.map(() => 1))
    const told = await deployed.call('GET', `/v1/suites/${id}`)
    expect(await told.json()).toMatchObject({ status: 'completed', commits: [{ runs: RUNS, failed: 1 }] })
  }, 600_000)

  it('lists and removes environments through the gateway, with the rights that the gateway has', async () => {
    const namespaces = async () => {
      const answer = await deployed.call('GET', '/v1/environments')
      const { environments } = environmentListSchema.parse(await answer.json())
      return environments.filter(({ suite, phase }) => suite === id && phase === 'Active')
    }
    const [kept] = await namespaces()
    expect(kept?.namespace).toBe(laneNamespace(id, deployed.repo.shas[0] ?? ''))
    expect((await deployed.call('DELETE', `/v1/environments/${kept?.namespace}`)).status).toBe(204)
    expect(await namespaces()).toEqual([])
  })
})
