import type { V1Pod } from '@kubernetes/client-node'
import type { Cluster } from '../../../../src/executors/kubernetes/cluster/cluster.ts'
import { isRefusal } from '../../../../src/executors/kubernetes/cluster/refusal.ts'

/** Present on the test cluster under this name without any registry. */
const IMAGE = 'buildpack-deps:bookworm'
export const CONTAINER = 'test'

/** A namespace of one test file, removed at its end. */
export class ScratchNamespace {
  readonly name: string
  private readonly cluster: Cluster

  private constructor(cluster: Cluster, name: string) {
    this.cluster = cluster
    this.name = name
  }

  static async create(cluster: Cluster, part: string): Promise<ScratchNamespace> {
    const name = `client-${part}-${process.pid}-${Date.now().toString(36)}`
    await cluster.request(async ({ core }) => await core.createNamespace({ body: { metadata: { name } } }))
    // The namespace's controller makes `default` too; pods are refused before there is one.
    const body = { metadata: { name: 'default' } }
    await cluster
      .request(async ({ core }) => await core.createNamespacedServiceAccount({ namespace: name, body }))
      .catch((error: unknown) => {
        if (!isRefusal(error, 409)) throw error
      })
    return new ScratchNamespace(cluster, name)
  }

  async createPod(name: string, command: string[] = ['sleep', '600']): Promise<V1Pod> {
    const container = { name: CONTAINER, image: IMAGE, imagePullPolicy: 'IfNotPresent', command }
    const spec = {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 1,
      containers: [container],
    }
    const body = { metadata: { name }, spec }
    return await this.cluster.request(async ({ core }) => {
      return await core.createNamespacedPod({ namespace: this.name, body })
    })
  }

  async deletePod(name: string): Promise<void> {
    await this.cluster.request(async ({ core }) => {
      return await core.deleteNamespacedPod({ namespace: this.name, name, gracePeriodSeconds: 1 })
    })
  }

  async remove(): Promise<void> {
    await this.cluster.request(async ({ core }) => await core.deleteNamespace({ name: this.name }))
  }
}

export const runningOrOver = (pod: V1Pod | undefined): 'running' | 'over' | undefined => {
  const state = pod?.status?.containerStatuses?.[0]?.state
  if (state?.terminated) return 'over'
  return state?.running ? 'running' : undefined
}
