import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { V1Container, V1Pod, V1PodSpec } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cluster, PodWatch } from '../../../src/executors/kubernetes/cluster/cluster.ts'
import { connectCluster } from '../../../src/executors/kubernetes/cluster/connect.ts'
import { isInForce } from '../../../src/executors/kubernetes/environments/quota-in-force.ts'
import { listTemplates, loadTemplate } from '../../../src/frameworks/templates.ts'
import { until } from '../../support/until.ts'

/** What the other tests of this tier take for granted, so that a cluster without it is not taken for a fault of ours. */
const NAMESPACE = `cluster-itself-${process.pid}-${Date.now().toString(36)}`
const IMAGE = 'buildpack-deps:bookworm'
const RESTRICTED = { 'pod-security.kubernetes.io/enforce': 'restricted' }
const OWN = process.env.COMMIT_SUITE_TEST_CLUSTER !== 'existing'
const never = new AbortController().signal

let cluster: Cluster
let watch: PodWatch

beforeAll(async () => {
  cluster = await connectCluster(undefined)
  const metadata = { name: NAMESPACE, labels: RESTRICTED }
  await cluster.request(async ({ core }) => await core.createNamespace({ body: { metadata } }))
  const body = { metadata: { name: 'tests' } }
  await cluster.request(async ({ core }) => await core.createNamespacedServiceAccount({ namespace: NAMESPACE, body }))
  watch = cluster.watchPods(NAMESPACE)
})

afterAll(async () => {
  watch.close()
  await cluster.request(async ({ core }) => await core.deleteNamespace({ name: NAMESPACE }))
  await cluster.close()
})

/** A pod without an account, as restricted Pod Security wants it. */
function restrictedPod(name: string, container: Partial<V1Container>, spec: Partial<V1PodSpec> = {}): V1Pod {
  const security = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true }
  return {
    metadata: { name },
    spec: {
      restartPolicy: 'Never',
      serviceAccountName: 'tests',
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 1,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        { name: 'test', image: IMAGE, imagePullPolicy: 'IfNotPresent', securityContext: security, ...container },
      ],
      ...spec,
    },
  }
}

const create = async (body: V1Pod, dryRun = false): Promise<V1Pod> =>
  await cluster.request(
    async ({ core }) =>
      await core.createNamespacedPod({ namespace: NAMESPACE, body, ...(dryRun && { dryRun: 'All' }) }),
  )

const ended = async (pod: string) =>
  await watch.until(pod, (now) => now?.status?.containerStatuses?.[0]?.state?.terminated, never)

const output = async (name: string): Promise<string> =>
  await cluster.request(async ({ core }) => await core.readNamespacedPodLog({ namespace: NAMESPACE, name }))

test('restricted Pod Security refuses a privileged pod', async () => {
  const privileged = restrictedPod('privileged', { securityContext: { privileged: true } })
  await expect(create(privileged, true)).rejects.toThrow(/violates PodSecurity "restricted/)
  await expect(create(restrictedPod('restricted', {}), true)).resolves.toBeDefined()
})

test('a pod runs a command and tells its exit code and output', async () => {
  await create(restrictedPod('short', { command: ['sh', '-c', 'echo seen; exit 7'] }))
  expect(await ended('short')).toMatchObject({ exitCode: 7, reason: 'Error' })
  expect(await output('short')).toBe('seen\n')
})

test('a command runs in a running pod', async () => {
  await create(restrictedPod('long', { command: ['sleep', '600'] }))
  await watch.until('long', (now) => now?.status?.containerStatuses?.[0]?.state?.running, never)
  const taken: Uint8Array[] = []
  const target = { namespace: NAMESPACE, pod: 'long', container: 'test' }
  const session = await cluster.exec(target, ['id', '-u'], { onStdout: (b) => void taken.push(b), signal: never })
  expect(await session.ended).toMatchObject({ exitCode: 0 })
  expect(Buffer.concat(taken).toString()).toBe('1000\n')
})

test('a quota refuses the pod that goes beyond it', async () => {
  const metadata = { name: 'few' }
  const quota = { metadata, spec: { hard: { 'requests.cpu': '10m' } } }
  await cluster.request(
    async ({ core }) => await core.createNamespacedResourceQuota({ namespace: NAMESPACE, body: quota }),
  )
  try {
    // Before its controller has counted, pods are refused for another reason.
    await until('the quota is in force', async () =>
      isInForce(
        await cluster.request(
          async ({ core }) => await core.readNamespacedResourceQuota({ namespace: NAMESPACE, ...metadata }),
        ),
      ),
    )
    const greedy = restrictedPod('greedy', { resources: { requests: { cpu: '11m' } } })
    await expect(create(greedy, true)).rejects.toThrow(/exceeded quota: few/)
  } finally {
    await cluster.request(
      async ({ core }) => await core.deleteNamespacedResourceQuota({ namespace: NAMESPACE, ...metadata }),
    )
  }
})

test('a pod beyond its memory is ended and said to be', async () => {
  const command = ['python3', '-c', 'x = bytearray(256 << 20)']
  await create(restrictedPod('greedy', { command, resources: { limits: { memory: '64Mi' } } }))
  expect(await ended('greedy')).toMatchObject({ exitCode: 137, reason: 'OOMKilled' })
})

describe.runIf(OWN)('the cluster of our own', () => {
  test('a pod gets no more processes than the node allows', async () => {
    const script = `
import os, time
count = 0
try:
    while count < 1000:
        if os.fork() == 0: time.sleep(60); os._exit(0)
        count += 1
except BlockingIOError: pass
print(count, flush=True)`
    await create(restrictedPod('many', { command: ['python3', '-c', script] }))
    expect(await ended('many')).toMatchObject({ exitCode: 0 })
    const count = Number(await output('many'))
    expect(count).toBeGreaterThan(200)
    expect(count).toBeLessThan(256)
  })

  test('a pod that overfills its volume is evicted within two minutes, which is what a run of ours is given', async () => {
    const command = ['sh', '-c', 'head -c 16M /dev/zero > /scratch/a; sleep 600']
    const volumes = [{ name: 'scratch', emptyDir: { sizeLimit: '1Mi' } }]
    await create(
      restrictedPod('full', { command, volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }] }, { volumes }),
    )
    const evicted = (pod: V1Pod | undefined) => (pod?.status?.reason === 'Evicted' ? pod.status.message : undefined)
    expect(await watch.until('full', evicted, AbortSignal.timeout(120_000))).toContain('exceeds the limit')
  })

  test('images of all templates are there, with what their tests need', async () => {
    const used = await Promise.all((await listTemplates()).map(async (name) => (await loadTemplate(name)).image))
    const images = new Set(used.filter((image) => image !== undefined))
    const command = ['sh', '-c', 'git --version && python3 -c "import pytest" && node --version && npm --version']
    const pods = [...images].map((image, index) => restrictedPod(`image-${index}`, { image, command }))
    expect(pods.length).toBeGreaterThan(3)
    await Promise.all(pods.map(async (pod) => await create(pod)))
    const ends = await Promise.all(pods.map(async (_, index) => await ended(`image-${index}`)))
    expect(ends.map(({ exitCode }) => exitCode)).toEqual(pods.map(() => 0))
  })

  test('pods reach the gateway', async () => {
    const gateway = process.env.TEST_CLUSTER_GATEWAY ?? ''
    expect(gateway).toMatch(/^10\.244\.\d+\.1$/)
    const server = createServer((_, response) => response.end('reached'))
    await new Promise<void>((resolve) => server.listen(0, gateway, resolve))
    try {
      const { port } = server.address() as AddressInfo
      const command = ['curl', '--silent', '--max-time', '60', `http://${gateway}:${port}/`]
      await create(restrictedPod('caller', { command }))
      expect(await ended('caller')).toMatchObject({ exitCode: 0 })
    } finally {
      server.close()
    }
    expect(await output('caller')).toBe('reached')
  })
})
