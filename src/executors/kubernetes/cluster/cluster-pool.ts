import type { KubeConfig } from '@kubernetes/client-node'
import type { ClusterRef } from '../../../contract/index.ts'
import type { Cluster } from './cluster.ts'
import { ConnectedCluster, type ConnectOptions } from './connect.ts'
import { loadKubeConfig } from './load-kubeconfig.ts'

/** The clusters of this process, each connected once: its rate limit and watches hold for all suites together. */
export class ClusterPool {
  private readonly options: ConnectOptions
  private readonly byRef = new Map<string, Cluster>()
  /** References that say the same in other words share a cluster. */
  private readonly byIdentity = new Map<string, Cluster>()

  constructor(options: ConnectOptions = {}) {
    this.options = options
  }

  /** Throws `cluster_invalid`; a bad configuration is not kept: mended, it works without a restart. */
  async get(ref: ClusterRef | undefined): Promise<Cluster> {
    const key = JSON.stringify([ref?.kubeconfig, ref?.context])
    const cluster = this.byRef.get(key) ?? this.sharedBy(loadKubeConfig(ref))
    this.byRef.set(key, cluster)
    return cluster
  }

  async close(): Promise<void> {
    const all = [...this.byIdentity.values()]
    this.byRef.clear()
    this.byIdentity.clear()
    await Promise.all(all.map(async (cluster) => await cluster.close()))
  }

  private sharedBy(config: KubeConfig): Cluster {
    const identity = JSON.stringify([config.getCurrentContext(), config.getCurrentCluster(), config.getCurrentUser()])
    const cluster = this.byIdentity.get(identity) ?? new ConnectedCluster(config, this.options)
    this.byIdentity.set(identity, cluster)
    return cluster
  }
}
