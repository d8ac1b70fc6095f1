import { afterEach, beforeEach, expect, test } from 'vitest'
import { ApiRefusal } from '../../../src/executors/kubernetes/cluster/refusal.ts'
import { createPod } from '../../../src/executors/kubernetes/pods/create-pod.ts'
import { FakeCluster } from '../../support/fake-cluster.ts'
import { type FakeHost, fakeHost } from './fixture.ts'

let cluster: FakeCluster
let fake: FakeHost
beforeEach(async () => {
  cluster = new FakeCluster()
  fake = await fakeHost(cluster)
})
afterEach(() => fake.remove())

const manifest = (name: string) => ({ metadata: { name, annotations: { 'commit-suite/run': name } } })
const create = (
  name: string,
  signal = new AbortController().signal,
  onWaiting = async (): Promise<void> => undefined,
) => createPod(fake.host, { cluster, namespace: 'n', name }, manifest(name), { signal, onWaiting })

test('one that is cancelled while another waits for the quota waits no longer, and makes no pod', async () => {
  let full = true
  cluster.before = () => {
    if (full) throw new ApiRefusal(403, { message: 'pods "first" is forbidden: exceeded quota: commit-suite' })
  }
  const waiting = Promise.withResolvers<void>()
  const first = create('first', undefined, async () => waiting.resolve())
  await waiting.promise
  const given = new AbortController()
  const second = create('second', given.signal)
  const third = create('third')
  given.abort(new Error('CANCELLED'))
  // The first one still waits.
  await expect(second).rejects.toThrow('CANCELLED')
  expect(await Promise.race([first, Promise.resolve('waits')])).toBe('waits')
  full = false
  expect(await first).toEqual({ created: true })
  expect(await third).toEqual({ created: true })
  expect(cluster.askedFor('create pod second')).toEqual([])
})

test('one that was cancelled before it asked makes no pod', async () => {
  await expect(create('p', AbortSignal.abort(new Error('CANCELLED')))).rejects.toThrow('CANCELLED')
  expect(cluster.asked).toEqual([])
})

test('a pod that is deleted between being found and being looked at is a lost try, not an answer of the server', async () => {
  cluster.put(manifest('p'))
  cluster.before = (asked) => {
    if (asked === 'read pod p') cluster.vanish('p')
  }
  await expect(create('p')).rejects.toMatchObject({ code: 'pod_deleted', retryable: true })
})

test('a pod of the name that is for something else is left alone', async () => {
  cluster.put({ metadata: { name: 'p', annotations: { 'commit-suite/run': 'another' } } })
  await expect(create('p')).rejects.toMatchObject({ code: 'environment_conflict' })
  cluster.put(manifest('p'))
  expect(await create('p')).toEqual({ created: false })
})
