import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Cluster, ClusterApis } from '../../../src/executors/kubernetes/cluster/cluster.ts'
import { isQuotaRefusal, isRefusal } from '../../../src/executors/kubernetes/cluster/refusal.ts'
import { FaultyApiServer, json, podList, status } from './faulty-api-server.ts'

let server: FaultyApiServer
let cluster: Cluster | undefined

beforeEach(async () => {
  server = await FaultyApiServer.start()
})

afterEach(async () => {
  await cluster?.close()
  await server.stop()
})

const list = async ({ core }: ClusterApis) => await core.listNamespacedPod({ namespace: 'n' })

test('a request outlives a server that is away', async () => {
  cluster = await server.connect()
  server.answer = (_request, response) => json(response, podList('1'))
  await server.down()
  const waiting = cluster.request(list)
  await server.up()
  expect((await waiting).metadata?.resourceVersion).toBe('1')
})

test('a server that stays away is named, with the context and the cause', async () => {
  cluster = await server.connect({ awayMs: 300 })
  await server.down()
  await expect(cluster.request(list)).rejects.toMatchObject({
    code: 'cluster_unavailable',
    message: expect.stringMatching(/context faulty \(http:\/\/127\.0\.0\.1:\d+\) does not answer: .*ECONNREFUSED/),
  })
})

test.each([429, 500, 502, 503, 504])('an answer %d is asked again', async (code) => {
  cluster = await server.connect()
  let asked = 0
  server.answer = (_request, response) => {
    if (++asked === 1) status(response, code, 'Broken', 'not now')
    else json(response, podList('1'))
  }
  await cluster.request(list)
  expect(asked).toBe(2)
  expect(cluster.requests).toBe(2)
})

test('Retry-After is honoured: nobody asks again before', async () => {
  cluster = await server.connect()
  const askedAt: number[] = []
  server.answer = (_request, response) => {
    askedAt.push(performance.now())
    if (askedAt.length > 1) return json(response, podList('1'))
    response.setHeader('retry-after', '1')
    status(response, 429, 'TooManyRequests', 'slow down')
  }
  await cluster.request(list)
  const [first = 0, second = 0] = askedAt
  expect(second - first).toBeGreaterThanOrEqual(990)
})

test('a server that hangs is noticed, before its headers and within its body', async () => {
  cluster = await server.connect({ requestTimeoutMs: 150 })
  let asked = 0
  server.answer = (_request, response) => {
    asked += 1
    if (asked === 1) return
    if (asked === 2) response.writeHead(200, { 'content-type': 'application/json' }).write('{"kind":')
    else json(response, podList('1'))
  }
  await cluster.request(list)
  expect(asked).toBe(3)
})

test('an answer that breaks off is asked again', async () => {
  cluster = await server.connect()
  let asked = 0
  server.answer = (request, response) => {
    if (++asked > 1) return json(response, podList('1'))
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"kind":', () => request.socket.destroy())
  }
  await cluster.request(list)
  expect(asked).toBe(2)
})

test('a refusal comes at once with status, reason and details', async () => {
  cluster = await server.connect()
  server.answer = (_request, response) =>
    status(response, 404, 'NotFound', 'pods "x" not found', { name: 'x', kind: 'pods' })
  const error = await cluster.request(list).catch((failure: unknown) => failure)
  expect(isRefusal(error, 404)).toBe(true)
  expect(error).toMatchObject({ reason: 'NotFound', message: 'pods "x" not found', details: { name: 'x' } })
  expect(cluster.requests).toBe(1)
})

test('credentials that are not accepted are told in words', async () => {
  cluster = await server.connect()
  server.answer = (_request, response) => status(response, 401, 'Unauthorized', 'Unauthorized')
  await expect(cluster.request(list)).rejects.toMatchObject({
    status: 401,
    message: 'The API server does not accept the credentials of the kubeconfig: Unauthorized',
  })
})

test('a full quota is told from a lack of rights', async () => {
  cluster = await server.connect()
  let message = 'pods "x" is forbidden: exceeded quota: runs, requested: pods=1, used: pods=2, limited: pods=2'
  server.answer = (_request, response) => status(response, 403, 'Forbidden', message)
  expect(isQuotaRefusal(await cluster.request(list).catch((error: unknown) => error))).toBe(true)
  message = 'pods is forbidden: User "me" cannot list resource "pods"'
  const error = await cluster.request(list).catch((failure: unknown) => failure)
  expect([isQuotaRefusal(error), isRefusal(error, 403)]).toEqual([false, true])
})

test('creations that compete for a quota are repeated; other conflicts are not', async () => {
  cluster = await server.connect()
  let kind = 'resourcequotas'
  server.answer = (_request, response) => {
    status(response, 409, 'Conflict', 'the object has been modified', { kind })
    kind = 'pods'
  }
  const error = await cluster.request(list).catch((failure: unknown) => failure)
  expect(isRefusal(error, 409)).toBe(true)
  expect(cluster.requests).toBe(2)
})

test('a proxy that answers in plain text is quoted', async () => {
  cluster = await server.connect()
  server.answer = (_request, response) => response.writeHead(418).end('I am a teapot')
  await expect(cluster.request(list)).rejects.toThrow('The API server answered 418: I am a teapot')
})

test('an abort ends a request with its reason, hanging or backing off', async () => {
  cluster = await server.connect()
  const given = new AbortController()
  server.answer = () => given.abort(new Error('cancelled'))
  await expect(cluster.request(list, given.signal)).rejects.toThrow('cancelled')
  await server.down()
  const during = new AbortController()
  const waiting = cluster.request(list, during.signal)
  during.abort(new Error('cancelled again'))
  await expect(waiting).rejects.toThrow('cancelled again')
})

test('closing ends what is under way', async () => {
  cluster = await server.connect()
  const asked = new Promise<void>((resolve) => {
    server.answer = () => resolve()
  })
  const waiting = cluster.request(list).catch((error: unknown) => error)
  await asked
  await cluster.close()
  expect(await waiting).toMatchObject({ code: 'cluster_unavailable' })
})

test('requests beyond the burst wait for their turn', async () => {
  cluster = await server.connect({ qps: 20, burst: 2 })
  server.answer = (_request, response) => json(response, podList('1'))
  const beganMs = performance.now()
  await Promise.all(Array.from({ length: 6 }, async () => await cluster?.request(list)))
  expect(performance.now() - beganMs).toBeGreaterThanOrEqual(190)
  expect(server.seen).toHaveLength(6)
})
