import { beforeEach, expect, test } from 'vitest'
import { sha12 } from '../../../src/contract/index.ts'
import { ApiRefusal } from '../../../src/executors/kubernetes/cluster/refusal.ts'
import { KEYS, runName, tryLabel } from '../../../src/executors/kubernetes/names.ts'
import { deleteCancelledPod, deleteRunPod } from '../../../src/executors/kubernetes/pods/delete-runs.ts'
import { FakeCluster } from '../../support/fake-cluster.ts'
import { SHA } from './fixture.ts'

let cluster: FakeCluster
beforeEach(() => {
  cluster = new FakeCluster()
})

const keyOf = (attempt: number, generation = 0) => ({ suite: 's', sha: SHA, attempt, generation })

function put(attempt: number, nth = 1, generation = 0): string {
  const key = keyOf(attempt, generation)
  const name = runName(key, nth)
  const labels = { [KEYS.suite]: 's', [KEYS.commit]: sha12(SHA), [KEYS.try]: tryLabel(key, nth) }
  cluster.put({ metadata: { name, labels } })
  return name
}

const remove = (attempt: number, nth = 1, signal?: AbortSignal) =>
  deleteRunPod(
    { cluster, namespace: 'n', name: runName(keyOf(attempt), nth) },
    { key: keyOf(attempt), try: nth },
    signal,
  )
const going = () =>
  [...cluster.pods.values()].filter(({ metadata }) => metadata?.deletionTimestamp !== undefined).length

/** Holds the first requests, as many as there may be at once, until they are let go. */
function holdFirst(): () => void {
  const first = Promise.withResolvers<void>()
  cluster.before = () => (cluster.requests <= 4 ? first.promise : undefined)
  return first.resolve
}

test('a thousand pods that are to go cost a handful of requests, and nothing else goes', async () => {
  for (let attempt = 0; attempt < 1_000; attempt++) put(attempt)
  const others = [put(5, 2), put(5, 1, 1), put(1_000)]
  const letGo = holdFirst()
  const all = Array.from({ length: 1_000 }, (_, attempt) => remove(attempt))
  letGo()
  await Promise.all(all)
  expect(going()).toBe(1_000)
  for (const name of others) expect(cluster.pods.get(name)?.metadata?.deletionTimestamp).toBeUndefined()
  // Four, then fifty at a time.
  expect(cluster.requests).toBe(4 + Math.ceil(996 / 50))
  expect(Math.max(...cluster.asked.map((asked) => asked.length))).toBeLessThan(2_000)
})

test('a single one goes at once, by its name', async () => {
  const name = put(3)
  await remove(3)
  expect(cluster.asked).toEqual([`delete pod ${name}`])
  expect(going()).toBe(1)
})

test('one that is gone already was what was wanted', async () => {
  await remove(3)
})

test('a refusal is told to those whom it met, and ends nothing for the next', async () => {
  for (const attempt of [0, 1, 2, 3, 4, 5, 6]) put(attempt)
  const letGo = holdFirst()
  const first = [remove(0), remove(1), remove(2), remove(3)]
  const together = [remove(4), remove(5)]
  const held = cluster.before
  cluster.before = (asked) => {
    if (asked.startsWith('delete pods')) throw new ApiRefusal(403, { message: 'no right to deletecollection' })
    return held(asked)
  }
  letGo()
  await Promise.all(first)
  for (const one of together) await expect(one).rejects.toThrow('no right')
  await remove(6)
  expect(going()).toBe(5)
})

test('nobody waits for longer than it wants to', async () => {
  put(0)
  const letGo = holdFirst()
  await expect(remove(0, 1, AbortSignal.abort(new Error('no time')))).rejects.toThrow('no time')
  letGo()
})

test('pods of cancelled runs go together, however their cancellations trickle in: none makes room for another', async () => {
  for (let attempt = 0; attempt < 100; attempt++) put(attempt)
  const all: Promise<void>[] = []
  for (let attempt = 0; attempt < 100; attempt++) {
    const place = { cluster, namespace: 'n', name: runName(keyOf(attempt), 1) }
    all.push(deleteCancelledPod(place, { key: keyOf(attempt), try: 1 }))
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(going()).toBe(0)
  await Promise.all(all)
  expect(going()).toBe(100)
  expect(cluster.requests).toBe(2)
})
