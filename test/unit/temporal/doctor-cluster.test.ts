import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { examineCluster } from '../../../src/executors/kubernetes/examine.ts'
import { checkCluster } from '../../../src/temporal/doctor/cluster.ts'
import { type Answer, FaultyApiServer, json } from '../kubernetes-cluster/faulty-api-server.ts'

let home: string
let api: FaultyApiServer

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'doctor-cluster-'))
  api = await FaultyApiServer.start()
  vi.stubEnv('HOME', home)
  vi.stubEnv('KUBECONFIG', api.kubeconfig)
  vi.stubEnv('KUBERNETES_SERVICE_HOST', '')
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await api.stop()
  await rm(home, { recursive: true, force: true })
})

const check = (env: NodeJS.ProcessEnv = {}) => checkCluster(readConfig({ HOME: home, ...env }))

/** An API server that allows all but what it is told. */
const allowingAllBut =
  (...denied: string[]): Answer =>
  (request, response) => {
    if (request.url === '/version') return json(response, { gitVersion: 'v1.34.4' })
    let text = ''
    request.on('data', (chunk: Buffer) => {
      text += chunk
    })
    request.on('end', () => {
      const { resourceAttributes: asked } = JSON.parse(text).spec
      const name = [asked.verb, [asked.resource, asked.subresource].filter(Boolean).join('/')].join(' ')
      json(response, { status: { allowed: !denied.includes(name) } })
    })
  }

test('who has no cluster is told that none is needed, and nothing is asked', async () => {
  vi.stubEnv('KUBECONFIG', '')
  expect(await check()).toEqual({
    name: 'cluster',
    status: 'ok',
    detail: 'none configured (only needed for --executor kubernetes)',
  })
  expect(api.seen).toEqual([])
})

test('context, version and rights are named, and nothing but reviews is made', async () => {
  api.answer = allowingAllBut()
  expect(await check()).toMatchObject({ status: 'ok', detail: expect.stringMatching(/v1\.34\.4, all rights$/) })
  expect(new Set(api.seen)).toEqual(new Set(['/version', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews']))
})

test('rights that are lacking are named', async () => {
  api.answer = allowingAllBut('create namespaces', 'get pods/exec')
  expect(await check()).toMatchObject({
    status: 'warning',
    detail: expect.stringMatching(/you may not: create namespaces, get pods\/exec$/),
  })
})

test('a cluster that cannot be reached or refuses is a warning that says why: other suites do not need it', async () => {
  api.answer = (_, response) => response.writeHead(401).end('{}')
  expect(await check()).toMatchObject({ status: 'warning', detail: expect.stringContaining('answered HTTP 401') })
  await api.down()
  expect(await check()).toMatchObject({ status: 'warning', detail: expect.stringContaining('ECONNREFUSED') })
})

test('a cluster that stays silent is waited for only as long as the caller says', async () => {
  api.answer = () => undefined
  await expect(examineCluster(undefined, AbortSignal.timeout(50))).rejects.toMatchObject({ name: 'TimeoutError' })
})

test('a bad egress fails by the name of its variable, with or without a cluster', async () => {
  vi.stubEnv('KUBECONFIG', '')
  expect(await check({ COMMIT_SUITE_KUBERNETES_EGRESS: 'lan' })).toMatchObject({
    status: 'failed',
    detail: expect.stringMatching(/^COMMIT_SUITE_KUBERNETES_EGRESS: "lan" – /),
  })
})
