import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { collectClusterGarbage } from '../../../src/cli/collect-garbage.ts'
import { clusterIsConfigured } from '../../../src/executors/kubernetes/environments/configured.ts'
import { knownClusters, standingsIn } from '../../../src/executors/kubernetes/environments/suites-on-record.ts'
import { endSuite, realStore, recordSuite } from '../cli/fixture.ts'

let real: Awaited<ReturnType<typeof realStore>>
beforeEach(async () => {
  real = await realStore()
})
afterEach(() => real.close())

test('a suite is open, ended, or perhaps that of another installation', async () => {
  const standingOf = standingsIn(real.store)
  const repo = '/repositories/example'
  expect(await standingOf('s-one', repo)).toEqual({ type: 'unknown' })
  await recordSuite(real.store, ['passed'], { repo })
  expect(await standingOf('s-one', repo)).toEqual({ type: 'open' })
  expect(await standingOf('s-one', undefined)).toEqual({ type: 'open' })
  expect(await standingOf('s-one', '/repositories/other')).toEqual({ type: 'unknown' })
  await endSuite(real.store, 's-one', 'failed', 'no reason')
  const { finishedAt } = (await real.store.suites.get('s-one')) ?? {}
  expect(await standingOf('s-one', repo)).toEqual({ type: 'ended', at: new Date(finishedAt ?? '') })
})

test('the clusters of suites on record are known, each once, beside the configured one', async () => {
  const cluster = { context: 'staging' }
  await recordSuite(real.store, [], { id: 'a', executor: 'kubernetes', isolation: 'pod', cluster })
  await recordSuite(real.store, [], { id: 'b', executor: 'kubernetes', isolation: 'pod', cluster })
  await recordSuite(real.store, [], { id: 'c', executor: 'kubernetes', isolation: 'pod' })
  await recordSuite(real.store, [], { id: 'd', cluster: { context: 'of a local suite' } })
  expect(await knownClusters(real.store, { HOME: real.folder })).toEqual([cluster])
  expect(await knownClusters(real.store, { HOME: real.folder, KUBECONFIG: '/k' })).toEqual([undefined, cluster])
})

test('a cluster is configured by KUBECONFIG, in a pod, or by the own file', async () => {
  const env = { HOME: real.folder }
  expect(clusterIsConfigured(env)).toBe(false)
  expect(clusterIsConfigured({ ...env, KUBECONFIG: '/k' })).toBe(true)
  expect(clusterIsConfigured({ ...env, KUBERNETES_SERVICE_HOST: '192.0.2.1' })).toBe(true)
  await mkdir(join(real.folder, '.kube'))
  await writeFile(join(real.folder, '.kube', 'config'), '')
  expect(clusterIsConfigured(env)).toBe(true)
})

test('gc without any cluster looks at none; one that cannot be used is a line, not a failure', async () => {
  const options = { olderThanMs: 0, dryRun: false, cluster: undefined }
  const env = { HOME: real.folder }
  expect(await collectClusterGarbage(real.config, options, env)).toEqual({ collected: [], unreached: [] })
  const cluster = { kubeconfig: join(real.folder, 'none') }
  expect(await collectClusterGarbage(real.config, { ...options, cluster }, env)).toEqual({
    collected: [],
    unreached: [expect.stringContaining('there is no such file')],
  })
})
