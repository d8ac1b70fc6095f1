import type { V1Pod, V1PodSpec } from '@kubernetes/client-node'
import type { Cluster } from '../../../src/executors/kubernetes/cluster/cluster.ts'
import { isRefusal } from '../../../src/executors/kubernetes/cluster/refusal.ts'

/** Present on the test cluster under this name without any registry. */
const IMAGE = 'buildpack-deps:bookworm'
export const CONTAINER = 'test'

/** A namespace with nothing of ours in it, of one test file, removed at its end: what there is without the product. */
export class ScratchNamespace {
  readonly name: string
  private readonly cluster: Cluster

  private constructor(cluster: Cluster, name: string) {
    this.cluster = cluster
    this.name = name
  }

  static async create(cluster: Cluster, part: string): Promise<ScratchNamespace> {
    const name = `scratch-${part}-${process.pid}-${Date.now().toString(36)}`
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

  async createPod(
    name: string,
    command: string[] = ['sleep', '600'],
    { resources = {}, ...more }: Partial<V1PodSpec> = {},
  ): Promise<V1Pod> {
    const container = { name: CONTAINER, image: IMAGE, imagePullPolicy: 'IfNotPresent', command, resources }
    const spec = {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 1,
      ...more,
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

  /** What a pod's command prints, once it has ended. */
  async outputOf(command: string, more: Partial<V1PodSpec> = {}): Promise<string> {
    const name = `pod-${Date.now().toString(36)}`
    await this.createPod(name, ['sh', '-c', command], more)
    await this.seen(name, (pod) => (runningOrOver(pod) === 'over' ? true : undefined))
    return await this.cluster.request(({ core }) => core.readNamespacedPodLog({ namespace: this.name, name }))
  }

  /** Waits until `pick` finds what it looks for in a pod. */
  async seen<T>(name: string, pick: (pod: V1Pod | undefined) => T | undefined): Promise<T> {
    const watch = this.cluster.watchPods(this.name)
    try {
      return await watch.until(name, pick, AbortSignal.timeout(240_000))
    } finally {
      watch.close()
    }
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
