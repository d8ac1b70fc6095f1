import type { ClusterRef } from '../../../contract/index.ts'
import type { Cluster } from './cluster.ts'
import { type ConnectOptions, connectCluster } from './connect.ts'

/** The clusters of this process, each connected once: its rate limit and watches hold for all suites together. */
export class ClusterPool {
  private readonly options: ConnectOptions
  private readonly connected = new Map<string, Promise<Cluster>>()

  constructor(options: ConnectOptions = {}) {
    this.options = options
  }

  /** A bad configuration is not kept: mended, it works without a restart. */
  async get(ref: ClusterRef | undefined): Promise<Cluster> {
    const key = JSON.stringify([ref?.kubeconfig, ref?.context])
    const known = this.connected.get(key)
    if (known !== undefined) return await known
    const connecting = connectCluster(ref, this.options)
    this.connected.set(key, connecting)
    connecting.catch(() => this.connected.delete(key))
    return await connecting
  }

  async close(): Promise<void> {
    const all = [...this.connected.values()]
    this.connected.clear()
    await Promise.allSettled(all.map(async (connecting) => await (await connecting).close()))
  }
}
