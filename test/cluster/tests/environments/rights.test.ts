import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CoreV1Api, KubeConfig, RbacAuthorizationV1Api, type V1PolicyRule } from '@kubernetes/client-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EnvironmentOwner } from '../../../../src/executors/environment-access.ts'
import type { Cluster } from '../../../../src/executors/kubernetes/cluster/cluster.ts'
import { connectCluster } from '../../../../src/executors/kubernetes/cluster/connect.ts'
import { isRefusal } from '../../../../src/executors/kubernetes/cluster/refusal.ts'
import { collectEnvironments } from '../../../../src/executors/kubernetes/environments/collect.ts'
import { ensureEnvironment } from '../../../../src/executors/kubernetes/environments/ensure.ts'
import { keepEnvironment } from '../../../../src/executors/kubernetes/environments/keep.ts'
import { namesOf } from '../../../../src/executors/kubernetes/environments/owner.ts'
import { until } from '../../../support/until.ts'
import { Environments, freshLane, never, WANTS } from './environments.ts'

const NAME = `env-rights-${process.pid}`

/** MAINTENANCE: docs/adr/0008 and the docstrings of `ensureEnvironment` and `listEnvironments` name the same. */
const RIGHTS: V1PolicyRule[] = [
  { apiGroups: [''], resources: ['namespaces'], verbs: ['get', 'list', 'create', 'patch', 'delete'] },
  { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
  { apiGroups: [''], resources: ['resourcequotas'], verbs: ['get', 'create', 'patch'] },
  { apiGroups: [''], resources: ['limitranges', 'serviceaccounts'], verbs: ['create', 'patch'] },
  { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: ['create', 'patch'] },
]

const config = new KubeConfig()
let core: CoreV1Api
let rbac: RbacAuthorizationV1Api
let folder: string
let environments: Environments
/** With these rights and no others. */
let cluster: Cluster

/** The cluster as a service account sees it. */
async function kubeconfigOf(name: string): Promise<string> {
  const body = { spec: { audiences: [], expirationSeconds: 3_600 } }
  const { status } = await core.createNamespacedServiceAccountToken({ namespace: NAME, name, body })
  const limited = new KubeConfig()
  const server = config.getCurrentCluster()
  if (server === null) throw new Error('no cluster is configured')
  limited.loadFromClusterAndUser(server, { name, token: status?.token ?? '' })
  const path = join(folder, name)
  await writeFile(path, limited.exportConfig(), { mode: 0o600 })
  return path
}

beforeAll(async () => {
  config.loadFromDefault()
  core = config.makeApiClient(CoreV1Api)
  rbac = config.makeApiClient(RbacAuthorizationV1Api)
  folder = await mkdtemp(join(tmpdir(), 'rights-'))
  environments = new Environments(await connectCluster(undefined))
  await core.createNamespace({ body: { metadata: { name: NAME } } })
  environments.forget(NAME)
  for (const name of ['worker', 'nobody']) {
    await core.createNamespacedServiceAccount({ namespace: NAME, body: { metadata: { name } } })
  }
  await rbac.createClusterRole({ body: { metadata: { name: NAME }, rules: RIGHTS } })
  await rbac.createClusterRoleBinding({
    body: {
      metadata: { name: NAME },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: NAME },
      subjects: [{ kind: 'ServiceAccount', namespace: NAME, name: 'worker' }],
    },
  })
  cluster = await connectCluster({ kubeconfig: await kubeconfigOf('worker') })
  // The API server learns of a binding a moment after it has it.
  await until('the rights are given', () =>
    cluster
      .request(({ core }) => core.listNamespace({ limit: 1 }))
      .then(() => true)
      .catch((error: unknown) => {
        if (!isRefusal(error, 403)) throw error
        return false
      }),
  )
})
afterAll(async () => {
  await rbac.deleteClusterRoleBinding({ name: NAME })
  await rbac.deleteClusterRole({ name: NAME })
  await cluster.close()
  await environments.removeAll()
  await rm(folder, { recursive: true, force: true })
})

test.each<EnvironmentOwner>([freshLane(), { kind: 'session', session: { chat: NAME, user: 'a', key: '' } }])(
  'the rights that are documented carry a $kind through its life',
  async (owner) => {
    const namespace = environments.forget(namesOf(owner)[0])
    expect(await ensureEnvironment(cluster, owner, WANTS, never)).toEqual({ namespace, created: true })
    expect(await ensureEnvironment(cluster, owner, WANTS, never)).toEqual({ namespace, created: false })
    await keepEnvironment(cluster, namespace, owner, new Date(Date.now() - 1_000), never)
    const options = {
      now: new Date(),
      dryRun: false,
      endedForMs: 0,
      standingOf: async () => ({ type: 'unknown' as const }),
    }
    const { removed } = await collectEnvironments(cluster, options, never)
    expect(removed).toContainEqual({ namespace, reason: 'expired' })
    expect(await environments.isGoing(namespace)).toBe(true)
  },
)

test('without rights it is refused for good, in the words of the API server', async () => {
  const powerless = await connectCluster({ kubeconfig: await kubeconfigOf('nobody') })
  try {
    await expect(ensureEnvironment(powerless, freshLane(), WANTS, never)).rejects.toMatchObject({
      code: 'environment_refused',
      retryable: false,
      message: expect.stringMatching(
        /^The cluster refused the environment of suite .*cannot get resource "namespaces"/,
      ),
    })
  } finally {
    await powerless.close()
  }
})
