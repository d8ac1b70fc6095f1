import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EnvironmentOwner } from '../../../../src/executors/environment-access.ts'
import { connectCluster } from '../../../../src/executors/kubernetes/cluster/connect.ts'
import { collectEnvironments, type SuiteStanding } from '../../../../src/executors/kubernetes/environments/collect.ts'
import { ensureEnvironment } from '../../../../src/executors/kubernetes/environments/ensure.ts'
import { keepEnvironment, touchSession } from '../../../../src/executors/kubernetes/environments/keep.ts'
import { listEnvironments } from '../../../../src/executors/kubernetes/environments/list.ts'
import { removeEnvironment } from '../../../../src/executors/kubernetes/environments/remove.ts'
import { Environments, freshLane, never, WANTS } from './environments.ts'

const HOUR_MS = 3_600_000
const SOON = new Date(Date.now() + HOUR_MS)
const PAST = new Date(Date.now() - HOUR_MS)

let environments: Environments
beforeAll(async () => {
  environments = new Environments(await connectCluster(undefined))
})
afterAll(() => environments.removeAll())

const remove = (namespace: string, owner: EnvironmentOwner) =>
  removeEnvironment(environments.cluster, namespace, owner, never)
const keep = (namespace: string, owner: EnvironmentOwner, until: Date) =>
  keepEnvironment(environments.cluster, namespace, owner, until, never)
const stateOf = async (namespace: string, now?: Date) =>
  (await listEnvironments(environments.cluster, never, now)).find((state) => state.namespace === namespace)

test('removal is asked for once, by the owner alone', async () => {
  const lane = freshLane()
  const namespace = await environments.ensure(lane)
  await remove(namespace, { ...lane, repo: '/repositories/other' })
  expect(await environments.isGoing(namespace)).toBe(false)
  await remove(namespace, lane)
  expect(await environments.isGoing(namespace)).toBe(true)
  await remove(namespace, lane)
  await remove('cs-never-was-0123456789ab', lane)
})

test('one that is being removed is waited for and made anew', async () => {
  const lane = freshLane()
  const namespace = await environments.ensure(lane)
  const before = await environments.read(namespace)
  await remove(namespace, lane)
  const made = await ensureEnvironment(environments.cluster, lane, WANTS, never)
  expect(made).toEqual({ namespace, created: true })
  const after = await environments.read(namespace)
  expect(after.metadata?.uid).not.toBe(before.metadata?.uid)
  expect(after.status?.phase).toBe('Active')
})

test('one that does not go is named with what holds it', async () => {
  const lane = freshLane()
  const namespace = await environments.ensure(lane)
  await environments.hold(namespace)
  try {
    await remove(namespace, lane)
    await environments.heldInWords(namespace)
    const holder = expect.stringMatching(/example\.com\/hold/)
    await expect(
      ensureEnvironment(environments.cluster, lane, WANTS, never, { terminationMs: 0 }),
    ).rejects.toMatchObject({ code: 'environment_refused', message: holder })
    const since = (await environments.read(namespace)).metadata?.deletionTimestamp ?? new Date(0)
    expect((await stateOf(namespace, since))?.heldBy).toEqual([])
    const later = await stateOf(namespace, new Date(since.getTime() + 120_000))
    expect(later).toMatchObject({ phase: 'Terminating', heldBy: expect.arrayContaining([holder]) })
  } finally {
    await environments.letGo(namespace)
  }
})

test('a wait for the end of an earlier one ends with its caller', async () => {
  const lane = freshLane()
  const namespace = await environments.ensure(lane)
  await environments.hold(namespace)
  try {
    await remove(namespace, lane)
    const cancelled = AbortSignal.timeout(300)
    await expect(ensureEnvironment(environments.cluster, lane, WANTS, cancelled)).rejects.toThrow()
    expect(cancelled.aborted).toBe(true)
  } finally {
    await environments.letGo(namespace)
  }
})

test('the list says whose an environment is, until when it stays, and what its pods hold and held', async () => {
  const lane = freshLane()
  const namespace = await environments.ensure(lane)
  await environments.createPod(namespace, 'run', { suite: lane.suite })
  await keep(namespace, lane, SOON)
  expect(await stateOf(namespace)).toEqual({
    namespace,
    owner: lane,
    createdAt: expect.any(Date),
    expiresAt: SOON,
    phase: 'Active',
    pods: 1,
    suites: [lane.suite],
    heldBy: [],
    holding: { cpuMillis: 10, memoryBytes: 16 * 1024 ** 2, diskBytes: expect.any(Number) },
    spent: { cpuHours: expect.any(Number), memoryGibHours: expect.any(Number), diskGibHours: expect.any(Number) },
  })
})

test('a namespace of our label whose name and annotations do not fit together is none of ours', async () => {
  const name = environments.forget(`env-${process.pid}-deployment`)
  const labels = { 'app.kubernetes.io/managed-by': 'commit-suite' }
  const annotations = { 'commit-suite/owner': 'lane', 'commit-suite/suite': 'a', 'commit-suite/sha': 'b' }
  await environments.cluster.request(({ core }) =>
    core.createNamespace({ body: { metadata: { name, labels, annotations } } }),
  )
  expect(await stateOf(name)).toBeUndefined()
})

test('a lane that is used again no longer expires; the expiry of another owner is not touched', async () => {
  const lane = freshLane()
  const namespace = await environments.ensure(lane)
  await keep(namespace, lane, SOON)
  await keep(namespace, { ...lane, repo: '/repositories/other' }, PAST)
  expect((await stateOf(namespace))?.expiresAt).toEqual(SOON)
  await environments.ensure(lane)
  expect((await stateOf(namespace))?.expiresAt).toBeUndefined()
})

test('a session stays for a day from its last request', async () => {
  const session = { chat: `env${process.pid}`, user: 'life', key: '' }
  const namespace = await environments.ensure({ kind: 'session', session })
  const left = async () => ((await stateOf(namespace))?.expiresAt?.getTime() ?? 0) - Date.now()
  expect(await left()).toBeGreaterThan(23.9 * HOUR_MS)
  await keep(namespace, { kind: 'session', session }, SOON)
  await touchSession(environments.cluster, namespace, session, never)
  expect(await left()).toBeGreaterThan(23.9 * HOUR_MS)
})

describe('collection', () => {
  const open: SuiteStanding = { type: 'open' }
  const unknown: SuiteStanding = { type: 'unknown' }
  const ended: SuiteStanding = { type: 'ended', at: PAST }
  const laneOf = async (): Promise<{ lane: EnvironmentOwner & { kind: 'lane' }; namespace: string }> => {
    const lane = freshLane()
    return { lane, namespace: await environments.ensure(lane) }
  }
  /** Everybody else's suites are unknown here, so that theirs are left alone. */
  const collect = (standings: Record<string, SuiteStanding>, own: { dryRun?: boolean; endedForMs?: number } = {}) =>
    collectEnvironments(
      environments.cluster,
      {
        now: new Date(),
        dryRun: false,
        endedForMs: 0,
        standingOf: async (suite) => standings[suite] ?? unknown,
        ...own,
      },
      never,
    )

  test('takes the environment of a suite that ended without its clean-up, once it ended long enough ago', async () => {
    const { lane, namespace } = await laneOf()
    const standings = { [lane.suite]: ended }
    const entry = { namespace, reason: 'suite ended' }
    expect((await collect(standings, { endedForMs: 2 * HOUR_MS })).removed).not.toContainEqual(entry)
    expect((await collect(standings, { dryRun: true })).removed).toContainEqual(entry)
    expect(await environments.isGoing(namespace)).toBe(false)
    expect((await collect(standings)).removed).toContainEqual(entry)
    expect(await environments.isGoing(namespace)).toBe(true)
  })

  test('leaves a suite that goes on, and one that it does not know', async () => {
    const [one, other] = [await laneOf(), await laneOf()]
    await keep(one.namespace, one.lane, PAST)
    await collect({ [one.lane.suite]: open })
    expect(await environments.isGoing(one.namespace)).toBe(false)
    expect(await environments.isGoing(other.namespace)).toBe(false)
  })

  test('leaves what is kept until it expires, whoever kept it', async () => {
    const [kept, expired] = [await laneOf(), await laneOf()]
    await keep(kept.namespace, kept.lane, SOON)
    await keep(expired.namespace, expired.lane, PAST)
    const { removed } = await collect({ [kept.lane.suite]: ended })
    expect(removed).toContainEqual({ namespace: expired.namespace, reason: 'expired' })
    expect(await environments.isGoing(kept.namespace)).toBe(false)
    expect(await environments.isGoing(expired.namespace)).toBe(true)
  })

  test('takes an expired session, unless a suite still has pods in it', async () => {
    const session = (user: string): EnvironmentOwner => ({
      kind: 'session',
      session: { chat: `env${process.pid}`, user, key: '' },
    })
    const [idle, busy] = [await environments.ensure(session('idle')), await environments.ensure(session('busy'))]
    await environments.createPod(busy, 'run', { suite: 'goes-on' })
    await keep(idle, session('idle'), PAST)
    await keep(busy, session('busy'), PAST)
    await collect({ 'goes-on': open })
    expect(await environments.isGoing(idle)).toBe(true)
    expect(await environments.isGoing(busy)).toBe(false)
    await collect({ 'goes-on': ended })
    expect(await environments.isGoing(busy)).toBe(true)
  })
})
