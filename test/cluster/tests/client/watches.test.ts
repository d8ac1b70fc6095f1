import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Cluster } from '../../../../src/executors/kubernetes/cluster/cluster.ts'
import { connectCluster } from '../../../../src/executors/kubernetes/cluster/connect.ts'
import { isQuotaRefusal, isRefusal } from '../../../../src/executors/kubernetes/cluster/refusal.ts'
import { isInForce } from '../../../../src/executors/kubernetes/environments/quota-in-force.ts'
import { until } from '../../../support/until.ts'
import { runningOrOver, ScratchNamespace } from '../../support/scratch-namespace.ts'

const never = new AbortController().signal

let cluster: Cluster
let namespace: ScratchNamespace

beforeAll(async () => {
  cluster = await connectCluster(undefined)
  namespace = await ScratchNamespace.create(cluster, 'watch')
})

afterAll(async () => {
  await namespace.remove()
  await cluster.close()
})

test('two who wait see a pod come, run and go by one watch', async () => {
  const before = cluster.requests
  const watches = [cluster.watchPods(namespace.name), cluster.watchPods(namespace.name)]
  // Before there is a pod: what the list shows running would need no watch.
  await Promise.all(watches.map(async (watch) => await watch.list(never)))
  const started = watches.map(async (watch) => await watch.until('a', runningOrOver, never))
  const created = await namespace.createPod('a')
  expect(await Promise.all(started)).toEqual(['running', 'running'])
  // One list and one watch for both, and the creation.
  expect(cluster.requests - before).toBe(3)
  const [one] = await (watches[0] ?? cluster.watchPods(namespace.name)).list(never)
  expect(one?.metadata?.uid).toBe(created.metadata?.uid)
  expect(one?.metadata?.creationTimestamp).toEqual(created.metadata?.creationTimestamp)
  const gone = watches.map(async (watch) => await watch.until('a', (now) => (now ? undefined : 'gone'), never))
  await namespace.deletePod('a')
  expect(await Promise.all(gone)).toEqual(['gone', 'gone'])
  for (const watch of watches) watch.close()
})

test('the end of a pod is seen with its exit code', async () => {
  const watch = cluster.watchPods(namespace.name)
  await namespace.createPod('fails', ['sh', '-c', 'exit 3'])
  const exitCode = await watch.until(
    'fails',
    (now) => now?.status?.containerStatuses?.[0]?.state?.terminated?.exitCode,
    never,
  )
  expect(exitCode).toBe(3)
  watch.close()
})

test('what the API server refuses keeps its status and reason', async () => {
  const missing = cluster.request(async ({ core }) => {
    return await core.readNamespacedPod({ namespace: namespace.name, name: 'nobody' })
  })
  await expect(missing).rejects.toMatchObject({ name: 'ApiRefusal', status: 404, reason: 'NotFound' })
  await namespace.createPod('twice')
  const error = await namespace.createPod('twice').catch((failure: unknown) => failure)
  expect(isRefusal(error, 409)).toBe(true)
  expect(error).toMatchObject({ reason: 'AlreadyExists' })
})

test('a full quota refuses a pod in a way that can be told', async () => {
  const other = await ScratchNamespace.create(cluster, 'quota')
  try {
    const body = { metadata: { name: 'none' }, spec: { hard: { pods: '0' } } }
    await cluster.request(async ({ core }) => {
      return await core.createNamespacedResourceQuota({ namespace: other.name, body })
    })
    // Until its controller has counted, pods are let in or refused for another reason.
    await until('the quota is in force', async () => {
      const place = { namespace: other.name, name: 'none' }
      return isInForce(await cluster.request(async ({ core }) => await core.readNamespacedResourceQuota(place)))
    })
    const error = await other.createPod('a').catch((failure: unknown) => failure)
    expect(isQuotaRefusal(error)).toBe(true)
  } finally {
    await other.remove()
  }
})

test('many requests at once all come back', async () => {
  const all = await Promise.all(
    Array.from({ length: 120 }, async () => {
      return await cluster.request(async ({ core }) => await core.readNamespace({ name: namespace.name }))
    }),
  )
  expect(new Set(all.map((one) => one.metadata?.name))).toEqual(new Set([namespace.name]))
})

test('more watches than one connection carries leave room for requests', async () => {
  const watches = Array.from({ length: 130 }, (_, at) => cluster.watchPods(`${namespace.name}-${at}`))
  const before = cluster.requests
  const lists = await Promise.all(watches.map(async (watch) => await watch.list(never)))
  expect(lists.flat()).toEqual([])
  await expect.poll(() => cluster.requests - before, { timeout: 30_000 }).toBe(2 * watches.length)
  const own = await cluster.request(async ({ core }) => await core.readNamespace({ name: namespace.name }))
  expect(own.metadata?.name).toBe(namespace.name)
  expect(cluster.requests - before).toBe(2 * watches.length + 1)
  for (const watch of watches) watch.close()
})
