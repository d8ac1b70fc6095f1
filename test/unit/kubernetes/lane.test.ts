import { afterEach, beforeEach, expect, test } from 'vitest'
import type { EnvironmentOwner } from '../../../src/executors/environment-access.ts'
import { namesOf, ownerAnnotations } from '../../../src/executors/kubernetes/environments/owner.ts'
import { findLane, laneOf } from '../../../src/executors/kubernetes/lane.ts'
import { FakeCluster } from '../../support/fake-cluster.ts'
import { type FakeHost, fakeHost, SHA } from './fixture.ts'

let cluster: FakeCluster
let fake: FakeHost
beforeEach(async () => {
  cluster = new FakeCluster()
  fake = await fakeHost(cluster)
})
afterEach(() => fake.remove())

const never = new AbortController().signal
const ours = { chat: 'a b', user: 'u', key: 'k' }
/** Has the same plain name. */
const theirs = { chat: 'a-b', user: 'u', key: 'k' }
const ownerOf = (session: typeof ours): EnvironmentOwner => ({ kind: 'session', session })
const [plain, hashed = ''] = namesOf(ownerOf(ours))

const give = (name: string, session: typeof ours): void =>
  void cluster.namespaces.set(name, { metadata: { name, annotations: ownerAnnotations(ownerOf(session)) } })
const lane = () => laneOf(fake.host, { suite: 's', sha: SHA, session: ours }, never)

test('the name of a session is not trusted once somebody else has it', async () => {
  give(plain, ours)
  expect(await lane()).toMatchObject({ namespace: plain })
  give(plain, theirs)
  await expect(lane()).rejects.toMatchObject({ code: 'environment_lost' })
  expect(await findLane(fake.host, { suite: 's', sha: SHA, session: ours }, never)).toBeUndefined()
  give(hashed, ours)
  expect(await lane()).toMatchObject({ namespace: hashed })
})

test('the place of a suite says by its name whose it is', async () => {
  expect(await laneOf(fake.host, { suite: 's', sha: SHA }, never)).toMatchObject({ namespace: 'cs-s-a1b2c3d4e5f6' })
  expect(cluster.asked).toEqual([])
})
