import { readFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { CoreV1Api, KubeConfig, type V1Pod } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildPod, type PodRequest } from '../../../src/executors/kubernetes/manifest/build-pod.ts'
import { manifestSchema } from '../../../src/frameworks/template/pod-template.ts'
import { listTemplates, loadTemplate } from '../../../src/frameworks/templates.ts'

const NAMESPACE = `templates-${process.pid}`
const RESTRICTED = { 'pod-security.kubernetes.io/enforce': 'restricted' }
const SHIPPED = await listTemplates()

const config = new KubeConfig()
let core: CoreV1Api
beforeAll(async () => {
  config.loadFromDefault()
  core = config.makeApiClient(CoreV1Api)
  await core.createNamespace({ body: { metadata: { name: NAMESPACE, labels: RESTRICTED } } })
  for (const name of ['commit-suite-runs', 'default']) {
    const body = { metadata: { name } }
    // The controller makes `default` itself, sooner or later.
    await core.createNamespacedServiceAccount({ namespace: NAMESPACE, body }).catch((error: { code?: number }) => {
      if (error.code !== 409) throw error
    })
  }
})
afterAll(() => core.deleteNamespace({ name: NAMESPACE }))

/** As `kubectl apply --dry-run=server` sends a file: unknown fields are errors. */
async function tryManifest(manifest: string): Promise<{ status: number | undefined; answer: string }> {
  const query = 'dryRun=All&fieldValidation=Strict'
  const url = new URL(`/api/v1/namespaces/${NAMESPACE}/pods?${query}`, config.getCurrentCluster()?.server)
  const options = { method: 'POST', headers: { 'content-type': 'application/yaml', accept: 'application/json' } }
  await config.applyToHTTPSOptions(options)
  return await new Promise((resolve, reject) => {
    request(url, options, (response) => {
      text(response).then((answer) => resolve({ status: response.statusCode, answer }), reject)
    })
      .on('error', reject)
      .end(manifest)
  })
}

const tryPod = (body: V1Pod): Promise<V1Pod> =>
  core.createNamespacedPod({ namespace: NAMESPACE, body, dryRun: 'All', fieldValidation: 'Strict' })

async function podOf(name: string, own: Partial<PodRequest> = {}): Promise<V1Pod> {
  return buildPod({
    name: `a-run-of-${name}`,
    namespace: NAMESPACE,
    role: 'run',
    template: await loadTemplate(name),
    labels: { 'commit-suite/suite': 'a', 'app.kubernetes.io/managed-by': 'commit-suite' },
    annotations: { 'commit-suite/run': 'a' },
    limits: {},
    boot: ['sh', '-c', 'true'],
    imagePullSecrets: ['registry'],
    activeDeadlineSeconds: 60,
    ...own,
  })
}

describe.each(SHIPPED)('%s', (name) => {
  test('the manifest is one that the API server takes as it is, under the restricted standard', async () => {
    const manifest = await readFile(join((await loadTemplate(name)).folder, 'test-pod.yaml'), 'utf8')
    expect(await tryManifest(manifest)).toMatchObject({ status: 201 })
    expect(await tryManifest(manifest.replace('imagePullPolicy', 'imagePulPolicy'))).toMatchObject({
      status: 400,
      answer: expect.stringContaining('unknown field'),
    })
  })

  test('the pod of a run is taken with nothing changed by defaults that we rely on', async () => {
    const taken = await tryPod(await podOf(name, { limits: { memoryBytes: 2 ** 27, cpus: 0.05 } }))
    expect(taken.spec).toMatchObject({
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      serviceAccountName: 'commit-suite-runs',
      activeDeadlineSeconds: 60,
    })
    expect(taken.spec?.volumes?.map((volume) => volume.name)).toEqual(['commit-suite', 'commit-suite-tmp'])
    expect(taken.spec?.containers[0]?.resources).toMatchObject({
      limits: { memory: '134217728', cpu: '50m' },
      requests: { memory: '134217728', cpu: '50m' },
    })
    const seconds = taken.spec?.tolerations?.map(({ tolerationSeconds }) => tolerationSeconds)
    expect(seconds).toEqual([30, 30])
  })
})

/** Each of these is well-formed, so that the manifest loads; the namespace refuses it. */
test.each([
  ['a folder of the node', { volumes: [{ name: 'v', hostPath: { path: '/' } }] }, {}],
  ["the node's network", { hostNetwork: true }, {}],
  ['root', { securityContext: { runAsUser: 0 } }, {}],
  ['privileges', {}, { securityContext: { allowPrivilegeEscalation: true } }],
  ['all system calls', {}, { securityContext: { seccompProfile: { type: 'Unconfined' } } }],
  ['capabilities', {}, { securityContext: { capabilities: { add: ['NET_ADMIN'] } } }],
])('a manifest that asks for %s is refused by the namespace, not quietly mended', async (_what, spec, container) => {
  const template = await loadTemplate('generic')
  const pod = manifestSchema.parse({
    apiVersion: 'v1',
    kind: 'Pod',
    spec: { ...spec, containers: [{ name: 'test', image: template.image, ...container }] },
  })
  await expect(tryPod(await podOf('generic', { template: { ...template, pod } }))).rejects.toMatchObject({
    code: 403,
    body: expect.stringMatching(/violates PodSecurity .*restricted/),
  })
})

test('a manifest that is silent about security is taken by a restricted namespace, sidecars included', async () => {
  const template = await loadTemplate('generic')
  const container = { image: template.image }
  const pod = manifestSchema.parse({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    spec: {
      template: {
        metadata: { labels: { app: 'tests' } },
        spec: {
          initContainers: [{ name: 'db', ...container, restartPolicy: 'Always' }],
          containers: [
            { name: 'app', ...container },
            { name: 'test', ...container },
          ],
        },
      },
    },
  })
  const taken = await tryPod(await podOf('generic', { template: { ...template, pod } }))
  expect(taken.metadata?.labels).toMatchObject({ app: 'tests', 'commit-suite/role': 'run' })
  expect(taken.spec?.containers.map(({ name }) => name)).toEqual(['app', 'test'])
})

const SEEN = `id -u && pwd && touch /commit-suite/a /tmp/b && grep -q ' / [^ ]* ro,' /proc/mounts && \
  ! test -e /var/run/secrets/kubernetes.io && echo "GOPATH is '$GOPATH'"`

test('a run finds its folders writable under a root that is not, no token, and the variables of the manifest', async () => {
  const body = await podOf('go', { name: 'seen', boot: ['sh', '-c', SEEN], imagePullSecrets: [] })
  const place = { name: 'seen', namespace: NAMESPACE }
  await core.createNamespacedPod({ namespace: NAMESPACE, body })
  await expect
    .poll(async () => (await core.readNamespacedPod(place)).status?.containerStatuses?.[0]?.state, {
      timeout: 60_000,
      interval: 200,
    })
    .toMatchObject({ terminated: { exitCode: 0 } })
  expect(await core.readNamespacedPodLog(place)).toBe("1000\n/commit-suite\nGOPATH is ''\n")
})
