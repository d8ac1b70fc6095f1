import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ClusterPool } from '../../../src/executors/kubernetes/cluster/cluster-pool.ts'
import { loadKubeConfig } from '../../../src/executors/kubernetes/cluster/load-kubeconfig.ts'
import { kubeconfigFor } from './faulty-api-server.ts'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cs-kubeconfig-'))
})

afterEach(async () => {
  await rm(directory, { recursive: true })
})

async function file(name: string, text: string): Promise<string> {
  const path = join(directory, name)
  await writeFile(path, text)
  return path
}

function thrown(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

test('a list of files is merged as kubectl does: the first to name a thing wins, missing files are passed over', async () => {
  const one = await file('one', kubeconfigFor('http://one', 'a'))
  const two = await file('two', `${kubeconfigFor('http://two', 'a')}\n`)
  const three = await file('three', kubeconfigFor('http://three', 'b'))
  const kubeconfig = [join(directory, 'missing'), one, two, three].join(':')
  const first = loadKubeConfig({ kubeconfig }, {})
  expect([first.getCurrentContext(), first.getCurrentCluster()?.server]).toEqual(['a', 'http://one'])
  const other = loadKubeConfig({ kubeconfig, context: 'b' }, {})
  expect([other.getCurrentContext(), other.getCurrentCluster()?.server]).toEqual(['b', 'http://three'])
})

test('the reference comes before KUBECONFIG, which comes before the file of the user', async () => {
  const given = await file('given', kubeconfigFor('http://given'))
  const fromEnv = await file('env', kubeconfigFor('http://env'))
  const env = { KUBECONFIG: fromEnv, HOME: directory }
  expect(loadKubeConfig({ kubeconfig: given }, env).getCurrentCluster()?.server).toBe('http://given')
  expect(loadKubeConfig(undefined, env).getCurrentCluster()?.server).toBe('http://env')
  expect(thrown(() => loadKubeConfig(undefined, { HOME: directory }))).toMatchObject({
    code: 'cluster_invalid',
    detail: { field: '~/.kube/config', value: join(directory, '.kube/config') },
  })
})

test('an unknown context is refused with those that exist', async () => {
  const kubeconfig = await file('config', kubeconfigFor('http://one', 'a'))
  expect(thrown(() => loadKubeConfig({ kubeconfig, context: 'nope' }, {}))).toMatchObject({
    code: 'cluster_invalid',
    message: 'cluster.context: "nope" – no such context. There are: a.',
  })
})

test.each([
  ['a token: [very-secret', 'YAML that is none'],
  ['', 'nothing'],
  ['clusters: [{name: x, cluster: {token: very-secret}}]', 'a cluster without server'],
])('%j is refused naming the file, not its contents', async (text) => {
  const kubeconfig = await file('config', text)
  const error = thrown(() => loadKubeConfig({ kubeconfig }, {}))
  expect(error).toMatchObject({ code: 'cluster_invalid', detail: { field: 'cluster.kubeconfig', value: kubeconfig } })
  expect(String(error)).not.toContain('very-secret')
})

test.each([
  ['plain http without consent', 'server: "http://one"', 'plain http'],
  ['a server that is no URL', 'server: "one two"', 'is not a URL'],
  ['a certificate that is not there', 'server: "https://one", certificate-authority: missing.pem', 'missing.pem'],
])('%s is refused before anything is sent', async (_name, cluster, rule) => {
  const kubeconfig = await file(
    'config',
    `current-context: a
clusters: [{name: a, cluster: {${cluster}}}]
users: [{name: a, user: {token: very-secret}}]
contexts: [{name: a, context: {cluster: a, user: a}}]
`,
  )
  expect(thrown(() => loadKubeConfig({ kubeconfig }, {}))).toMatchObject({
    code: 'cluster_invalid',
    message: expect.stringContaining(rule),
  })
})

test('a pool connects each cluster once, and again what could not be connected', async () => {
  const kubeconfig = join(directory, 'config')
  const pool = new ClusterPool()
  await expect(pool.get({ kubeconfig })).rejects.toMatchObject({ code: 'cluster_invalid' })
  await writeFile(kubeconfig, kubeconfigFor('http://one'))
  const [one, same, other] = await Promise.all([
    pool.get({ kubeconfig }),
    pool.get({ kubeconfig }),
    pool.get({ kubeconfig, context: 'faulty' }),
  ])
  expect(same).toBe(one)
  expect(other).toBe(one)
  await pool.close()
  await expect(one.request(async ({ core }) => await core.listNode())).rejects.toMatchObject({
    code: 'cluster_unavailable',
  })
})
