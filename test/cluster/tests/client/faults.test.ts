import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Cluster } from '../../../../src/executors/kubernetes/cluster/cluster.ts'
import { connectCluster } from '../../../../src/executors/kubernetes/cluster/connect.ts'
import { CONTAINER, runningOrOver, ScratchNamespace } from '../../support/scratch-namespace.ts'
import { TcpProxy } from './tcp-proxy.ts'

const never = new AbortController().signal

let direct: Cluster
let proxy: TcpProxy
/** The same cluster through the proxy. */
let cluster: Cluster
let namespace: ScratchNamespace

beforeAll(async () => {
  direct = await connectCluster(undefined)
  proxy = await TcpProxy.start()
  const options = { requestTimeoutMs: 10_000, watchIdleMs: 10_000, awayMs: 120_000 }
  cluster = await connectCluster({ kubeconfig: proxy.kubeconfig }, options)
  namespace = await ScratchNamespace.create(direct, 'faults')
  await namespace.createPod('warm')
  const watch = direct.watchPods(namespace.name)
  await watch.until('warm', runningOrOver, never)
  watch.close()
})

afterAll(async () => {
  await namespace.remove()
  await cluster.close()
  await proxy.stop()
  await direct.close()
})

const read = async (): Promise<string | undefined> =>
  (await cluster.request(async ({ core }) => await core.readNamespace({ name: namespace.name }))).metadata?.name

const start = async (onStdout: () => void, idleMs?: number) =>
  await cluster.exec(
    { namespace: namespace.name, pod: 'warm', container: CONTAINER },
    ['sh', '-c', 'echo begun; exec sleep 600'],
    { onStdout, signal: never, ...(idleMs === undefined ? {} : { idleMs }) },
  )

test.each(['freeze', 'cut'] as const)('a request outlives a %s of its connection', async (fault) => {
  expect(await read()).toBe(namespace.name)
  proxy[fault]()
  expect(await read()).toBe(namespace.name)
})

test.each(['freeze', 'cut'] as const)('a deletion behind a %s of the watch is noticed', async (fault) => {
  await namespace.createPod(fault)
  const watch = cluster.watchPods(namespace.name)
  await watch.until(fault, runningOrOver, never)
  const gone = watch.until(fault, (now) => (now ? undefined : 'gone'), never)
  proxy[fault]()
  await namespace.deletePod(fault)
  expect(await gone).toBe('gone')
  watch.close()
})

test('a command whose connection falls silent is lost', async () => {
  const begun = Promise.withResolvers<void>()
  const session = await start(begun.resolve, 10_000)
  await begun.promise
  proxy.freeze()
  await expect(session.ended).rejects.toMatchObject({ name: 'ExecFailed', kind: 'lost' })
})

test('a command whose connection is reset is lost', async () => {
  const begun = Promise.withResolvers<void>()
  const session = await start(begun.resolve)
  await begun.promise
  proxy.cut()
  await expect(session.ended).rejects.toMatchObject({ name: 'ExecFailed', kind: 'lost' })
})

test('a quiet command is kept alive by the pings that the API server answers', async () => {
  const end = await cluster
    .exec({ namespace: namespace.name, pod: 'warm', container: CONTAINER }, ['sleep', '25'], {
      onStdout: () => undefined,
      signal: never,
      idleMs: 10_000,
    })
    .then(async (session) => await session.ended)
  expect(end.exitCode).toBe(0)
})
