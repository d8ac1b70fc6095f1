import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EnvironmentOwner } from '../../../../src/executors/environment-access.ts'
import type { ClusterApis } from '../../../../src/executors/kubernetes/cluster/cluster.ts'
import { connectCluster } from '../../../../src/executors/kubernetes/cluster/connect.ts'
import { isQuotaRefusal } from '../../../../src/executors/kubernetes/cluster/refusal.ts'
import { ensureEnvironment } from '../../../../src/executors/kubernetes/environments/ensure.ts'
import { isInForce } from '../../../../src/executors/kubernetes/environments/quota-in-force.ts'
import { until } from '../../../support/until.ts'
import { Environments, freshLane, never, WANTS } from './environments.ts'

let environments: Environments
beforeAll(async () => {
  environments = new Environments(await connectCluster(undefined))
})
afterAll(() => environments.removeAll())

const asMerge = () => setHeaderOptions('Content-Type', PatchStrategy.MergePatch)
const request = <T>(call: (apis: ClusterApis) => Promise<T>): Promise<T> => environments.cluster.request(call)

/** All that belongs into an environment, as the API server has it. */
async function contents(namespace: string) {
  const [policies, quota, limits, account] = await Promise.all([
    request(({ networking }) => networking.listNamespacedNetworkPolicy({ namespace })),
    request(({ core }) => core.listNamespacedResourceQuota({ namespace })),
    request(({ core }) => core.listNamespacedLimitRange({ namespace })),
    request(({ core }) => core.readNamespacedServiceAccount({ namespace, name: 'commit-suite-runs' })),
  ])
  const { labels } = (await environments.read(namespace)).metadata ?? {}
  return {
    labels,
    policies: policies.items.map(({ metadata, spec }) => ({ name: metadata?.name, spec })),
    hard: quota.items[0]?.spec?.hard,
    limits: limits.items[0]?.spec?.limits,
    account: { token: account.automountServiceAccountToken, secrets: account.imagePullSecrets },
  }
}

test('an environment holds everything that keeps runs apart and bounded', async () => {
  const lane = freshLane()
  const namespace = await environments.ensure(lane)
  expect(namespace).toBe(`cs-${lane.suite}-0123456789ab`)
  const { metadata } = await environments.read(namespace)
  expect(metadata?.annotations).toEqual({
    'commit-suite/owner': 'lane',
    'commit-suite/suite': lane.suite,
    'commit-suite/sha': lane.sha,
    'commit-suite/repo': lane.repo,
  })
  const { labels, policies, hard, limits, account } = await contents(namespace)
  expect(labels).toMatchObject({
    'app.kubernetes.io/managed-by': 'commit-suite',
    'commit-suite/suite': lane.suite,
    'commit-suite/commit': '0123456789ab',
    'pod-security.kubernetes.io/enforce': 'restricted',
    'pod-security.kubernetes.io/enforce-version': 'v1.34',
  })
  expect(policies).toEqual([
    { name: 'commit-suite-deny-all', spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } },
    {
      name: 'commit-suite-set-up',
      spec: expect.objectContaining({
        podSelector: { matchLabels: { 'commit-suite/role': 'prepare' } },
        policyTypes: ['Egress'],
      }),
    },
  ])
  expect(hard).toMatchObject({ pods: '3', 'requests.cpu': '30m', 'limits.memory': String(3 * 64 * 1024 ** 2) })
  expect(limits).toEqual([
    {
      type: 'Container',
      _default: { memory: '2Gi', 'ephemeral-storage': '4Gi' },
      defaultRequest: { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '64Mi' },
    },
  ])
  expect(account).toEqual({ token: false, secrets: [{ name: 'registry' }] })
})

test('only set-ups get a way out, and only the one that was configured', async () => {
  const lane = freshLane()
  const namespace = await environments.ensure(lane, { egress: { cidrs: ['10.1.0.0/16'], ports: [443] } })
  const egressOf = async (name: string) =>
    (await contents(namespace)).policies.find((policy) => policy.name === name)?.spec?.egress
  expect(await egressOf('commit-suite-set-up')).toEqual([
    {
      to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }],
      ports: [
        { port: 53, protocol: 'UDP' },
        { port: 53, protocol: 'TCP' },
      ],
    },
    { to: [{ ipBlock: { cidr: '10.1.0.0/16' } }], ports: [{ port: 443, protocol: 'TCP' }] },
  ])
  await environments.ensure(lane, { egress: 'internet' })
  const [, wayOut] = (await egressOf('commit-suite-set-up')) ?? []
  expect(wayOut?.to?.map(({ ipBlock }) => ipBlock?.cidr)).toEqual(['0.0.0.0/0', '::/0'])
  expect(wayOut?.to?.[0]?.ipBlock?.except).toEqual(expect.arrayContaining(['169.254.0.0/16', '10.0.0.0/8']))
  await environments.ensure(lane, { egress: 'none' })
  expect(await egressOf('commit-suite-set-up')).toBeUndefined()
})

test('a pod that may become more than it is is refused, an ordinary one taken', async () => {
  const namespace = await environments.ensure(freshLane())
  await environments.createPod(namespace, 'ordinary')
  const violations = [
    { runAsNonRoot: false, runAsUser: 0 },
    { allowPrivilegeEscalation: true },
    { capabilities: { add: ['NET_ADMIN'] } },
  ]
  for (const security of violations) {
    await expect(environments.createPod(namespace, 'greedy', { security })).rejects.toMatchObject({
      status: 403,
      message: expect.stringMatching(/violates PodSecurity "restricted:v1\.34"/),
    })
  }
  // Some API servers refuse this one before Pod Security is asked.
  const security = { privileged: true, allowPrivilegeEscalation: true }
  await expect(environments.createPod(namespace, 'greedy', { security })).rejects.toMatchObject({
    message: expect.stringMatching(/privileged/i),
  })
})

test('the quota admits as many pods as were asked for and one for the set-up', async () => {
  const namespace = await environments.ensure(freshLane(), { pods: 1 })
  // It is not waited for longer than 5 s by what makes it.
  await until('the quota is in force', async () =>
    isInForce(await request(({ core }) => core.readNamespacedResourceQuota({ namespace, name: 'commit-suite' }))),
  )
  await environments.createPod(namespace, 'set-up', { role: 'prepare' })
  await environments.createPod(namespace, 'run')
  const third = await environments.createPod(namespace, 'one-too-many').catch((error: unknown) => error)
  expect(isQuotaRefusal(third)).toBe(true)
})

describe('an environment that is there', () => {
  test('is adopted by its owner as often as it comes', async () => {
    const lane = freshLane()
    const before = await environments.ensure(lane)
    const { metadata } = await environments.read(before)
    const again = await ensureEnvironment(environments.cluster, lane, WANTS, never)
    expect(again).toEqual({ namespace: before, created: false })
    expect((await environments.read(before)).metadata?.uid).toBe(metadata?.uid)
  })

  test('is made once when many come for it at once', async () => {
    const lane = freshLane()
    const all = await Promise.all(
      Array.from({ length: 5 }, () => ensureEnvironment(environments.cluster, lane, WANTS, never)),
    )
    const [first] = all
    environments.forget(first?.namespace ?? '')
    expect(all.map(({ created }) => created).filter(Boolean)).toHaveLength(1)
    expect(new Set(all.map(({ namespace }) => namespace)).size).toBe(1)
  })

  test.each([
    ['repository', { repo: '/repositories/other' }],
    // Another commit of the same first twelve digits.
    ['commit', { sha: '0123456789abffffffffffffffffffffffffffff' }],
  ])('of another %s is a conflict and is left as it is', async (_what, other) => {
    const lane = freshLane()
    const namespace = await environments.ensure(lane)
    const before = await environments.read(namespace)
    await expect(environments.ensure({ ...lane, ...other }, { pods: 9 })).rejects.toMatchObject({
      code: 'environment_conflict',
    })
    expect((await environments.read(namespace)).metadata?.resourceVersion).toBe(before.metadata?.resourceVersion)
    expect((await contents(namespace)).hard?.pods).toBe('3')
  })

  test('that somebody else made is a conflict', async () => {
    const lane = freshLane()
    const name = environments.forget(`cs-${lane.suite}-0123456789ab`)
    await request(({ core }) => core.createNamespace({ body: { metadata: { name } } }))
    await expect(environments.ensure(lane)).rejects.toMatchObject({ code: 'environment_conflict' })
    expect((await environments.read(name)).metadata?.labels).toEqual({ 'kubernetes.io/metadata.name': name })
  })

  test('is brought back to what it should be, whatever was changed or deleted in it', async () => {
    const lane = freshLane()
    const namespace = await environments.ensure(lane)
    const expected = await contents(namespace)
    const open = { spec: { ingress: [{}], egress: [{}] } }
    const labels = { 'pod-security.kubernetes.io/enforce': 'privileged', 'commit-suite/suite': null }
    await Promise.all([
      request(({ networking }) =>
        networking.patchNamespacedNetworkPolicy({ namespace, name: 'commit-suite-deny-all', body: open }, asMerge()),
      ),
      request(({ networking }) => networking.deleteNamespacedNetworkPolicy({ namespace, name: 'commit-suite-set-up' })),
      request(({ core }) =>
        core.patchNamespacedResourceQuota(
          { namespace, name: 'commit-suite', body: { spec: { hard: { pods: '50', 'limits.memory': '1Ti' } } } },
          asMerge(),
        ),
      ),
      request(({ core }) => core.deleteNamespacedLimitRange({ namespace, name: 'commit-suite' })),
      request(({ core }) =>
        core.patchNamespacedServiceAccount(
          { namespace, name: 'commit-suite-runs', body: { automountServiceAccountToken: true, imagePullSecrets: [] } },
          asMerge(),
        ),
      ),
      request(({ core }) => core.patchNamespace({ name: namespace, body: { metadata: { labels } } }, asMerge())),
    ])
    expect(await contents(namespace)).not.toEqual(expected)
    await environments.ensure(lane)
    expect(await contents(namespace)).toEqual(expected)
  })
})

describe('a session', () => {
  const chat = `env${process.pid}`
  const session = (own: { chat: string; user: string; key?: string }): EnvironmentOwner => ({
    kind: 'session',
    session: { key: 'k', ...own },
  })

  test('whose plain name is taken by another one gets a hash behind it, and finds its own again', async () => {
    const [one, other] = [session({ chat: `${chat}-a-b`, user: 'c' }), session({ chat: `${chat}-a`, user: 'b-c' })]
    const plain = await environments.ensure(one)
    expect(plain).toBe(`im-${chat}-a-b-c`)
    const hashed = await environments.ensure(other)
    expect(hashed).toMatch(new RegExp(`^im-${chat}-a-b-c-[0-9a-f]{8}$`))
    expect(await environments.ensure(one)).toBe(plain)
    expect(await environments.ensure(other)).toBe(hashed)
    expect((await environments.read(plain)).metadata?.annotations).toMatchObject({ 'commit-suite/user': 'c' })
  })

  test('of another key is another session', async () => {
    const place = { chat, user: 'keys' }
    const first = await environments.ensure(session(place))
    expect(await environments.ensure(session({ ...place, key: 'other' }))).not.toBe(first)
  })

  test('keeps the room that an earlier suite of it was given', async () => {
    const owner = session({ chat, user: 'room' })
    await environments.ensure(owner, { pods: 4 })
    const namespace = await environments.ensure(owner, {
      pods: 1,
      perPod: { requests: { cpu: '500m' }, limits: { memory: '1Gi' } },
    })
    const { hard } = await contents(namespace)
    expect(hard).toMatchObject({ pods: '5', 'requests.cpu': '1', 'limits.memory': String(2 * 1024 ** 3) })
  })
})
