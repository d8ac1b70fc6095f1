import { setTimeout as delay } from 'node:timers/promises'
import type { Cluster } from '../../src/executors/kubernetes/cluster/cluster.ts'
import { KEYS } from '../../src/executors/kubernetes/names.ts'
import { fault } from '../cluster/support/own-cluster.ts'
import type { Part } from './part.ts'
import type { FaultKind } from './schedule.ts'

/** The API server of the test cluster, which is killed, and its kubelet, which starts anew. */
export class ClusterPart implements Part {
  readonly kinds: readonly FaultKind[] = ['kill', 'terminate']

  async suffer(kind: FaultKind, forMs: number): Promise<void> {
    if (kind === 'terminate') {
      await fault('restart-kubelet')
      return
    }
    await fault('stop-apiserver')
    await delay(forMs)
    await fault('start-apiserver')
  }

  async stop(): Promise<void> {}
}

/** Pods of runs: somebody deletes one of them. */
export class PodsPart implements Part {
  readonly kinds: readonly FaultKind[] = ['kill', 'terminate']
  readonly #cluster: Cluster

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  async suffer(kind: FaultKind): Promise<void> {
    try {
      const { items } = await this.#cluster.request(({ core }) =>
        core.listPodForAllNamespaces({ labelSelector: `${KEYS.suite}`, fieldSelector: 'status.phase=Running' }),
      )
      const { name, namespace } = items.at(-1)?.metadata ?? {}
      if (name === undefined || namespace === undefined) return
      const gracePeriodSeconds = kind === 'kill' ? 0 : 30
      await this.#cluster.request(({ core }) => core.deleteNamespacedPod({ name, namespace, gracePeriodSeconds }))
    } catch {
      // The API server is away, or the pod went by itself: there was nothing to delete.
    }
  }

  async stop(): Promise<void> {}
}
