import type { V1Namespace, V1Pod, V1SecurityContext } from '@kubernetes/client-node'
import type { EnvironmentOwner } from '../../../../src/executors/environment-access.ts'
import type { Cluster } from '../../../../src/executors/kubernetes/cluster/cluster.ts'
import { isRefusal } from '../../../../src/executors/kubernetes/cluster/refusal.ts'
import { type EnvironmentWants, ensureEnvironment } from '../../../../src/executors/kubernetes/environments/ensure.ts'
import type { PodRole } from '../../../../src/executors/kubernetes/names.ts'
import { until } from '../../../support/until.ts'

export const never = new AbortController().signal

export const WANTS: EnvironmentWants = {
  pods: 2,
  perPod: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
  egress: 'internet',
  imagePullSecrets: ['registry'],
}

interface PodOptions {
  role?: PodRole
  suite?: string
  security?: V1SecurityContext
}

let made = 0
/** A commit of a suite that nobody else has. */
export const freshLane = (): EnvironmentOwner & { kind: 'lane' } => ({
  kind: 'lane',
  suite: `env-${process.pid}-${made++}`,
  sha: '0123456789abcdef0123456789abcdef01234567',
  repo: '/repositories/example',
})

/** What the tests of a file make in the cluster; removed at their end. */
export class Environments {
  private readonly namespaces = new Set<string>()
  readonly cluster: Cluster

  constructor(cluster: Cluster) {
    this.cluster = cluster
  }

  async ensure(owner: EnvironmentOwner, wants: Partial<EnvironmentWants> = {}): Promise<string> {
    const { namespace } = await ensureEnvironment(this.cluster, owner, { ...WANTS, ...wants }, never)
    return this.forget(namespace)
  }

  /** To be removed at the end. */
  forget(namespace: string): string {
    this.namespaces.add(namespace)
    return namespace
  }

  async read(name: string): Promise<V1Namespace> {
    return await this.cluster.request(({ core }) => core.readNamespace({ name }))
  }

  async isGoing(name: string): Promise<boolean> {
    try {
      return (await this.read(name)).status?.phase === 'Terminating'
    } catch (error) {
      if (isRefusal(error, 404)) return true
      throw error
    }
  }

  /** A pod that no node takes: it counts, and nothing has to be started. */
  async createPod(namespace: string, name: string, own: PodOptions = {}): Promise<V1Pod> {
    const { role = 'run', suite = 'none', security = {} } = own
    const labels = {
      'app.kubernetes.io/managed-by': 'commit-suite',
      'commit-suite/role': role,
      'commit-suite/suite': suite,
    }
    const body: V1Pod = {
      metadata: { name, labels },
      spec: {
        nodeSelector: { 'example.com/nowhere': 'true' },
        serviceAccountName: 'commit-suite-runs',
        terminationGracePeriodSeconds: 0,
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name: 'test',
            image: 'example.com/none',
            resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, ...security },
          },
        ],
      },
    }
    return await this.cluster.request(({ core }) => core.createNamespacedPod({ namespace, body }))
  }

  /** A finalizer that no controller takes away keeps the namespace from going. */
  async hold(namespace: string): Promise<void> {
    const body = { metadata: { name: 'held', finalizers: ['example.com/hold'] } }
    await this.cluster.request(({ core }) => core.createNamespacedConfigMap({ namespace, body }))
  }

  async letGo(namespace: string): Promise<void> {
    const body = { metadata: { name: 'held' } }
    await this.cluster.request(({ core }) => core.replaceNamespacedConfigMap({ namespace, name: 'held', body }))
  }

  /** Until the API server says what holds a namespace that is being removed. */
  async heldInWords(namespace: string): Promise<void> {
    await until(
      'the API server says what is left',
      async () => {
        const { conditions = [] } = (await this.read(namespace)).status ?? {}
        return conditions.some(({ type, status }) => type === 'NamespaceFinalizersRemaining' && status === 'True')
      },
      120_000,
    )
  }

  async removeAll(): Promise<void> {
    for (const name of this.namespaces) {
      await this.cluster
        .request(({ core }) => core.deleteNamespace({ name }))
        .catch((error: unknown) => {
          if (!isRefusal(error, 404) && !isRefusal(error, 409)) throw error
        })
    }
    await this.cluster.close()
  }
}
