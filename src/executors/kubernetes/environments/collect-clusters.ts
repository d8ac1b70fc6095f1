import { type ClusterRef, CommitSuiteError } from '../../../contract/index.ts'
import { ClusterPool } from '../cluster/cluster-pool.ts'
import { isRefusal } from '../cluster/refusal.ts'
import { PATIENCE } from './access.ts'
import { type CollectedEnvironments, type CollectOptions, collectEnvironments } from './collect.ts'

export interface CollectedFromCluster extends CollectedEnvironments {
  /** The context's name. */
  cluster: string
}

export interface CollectedFromClusters {
  collected: CollectedFromCluster[]
  /** Why a cluster could not be looked at, one sentence each. */
  unreached: string[]
}

/** Connects anew, and waits for a cluster that is away only briefly: others, or the next collection, come first. */
export async function collectFromClusters(
  refs: readonly (ClusterRef | undefined)[],
  options: CollectOptions,
  signal: AbortSignal,
): Promise<CollectedFromClusters> {
  const pool = new ClusterPool(PATIENCE)
  const collected: CollectedFromCluster[] = []
  const unreached: string[] = []
  const collectFrom = async (ref: ClusterRef | undefined): Promise<void> => {
    try {
      const cluster = await pool.get(ref)
      collected.push({ cluster: cluster.name, ...(await collectEnvironments(cluster, options, signal)) })
    } catch (error) {
      if (!(error instanceof CommitSuiteError || isRefusal(error) || signal.aborted)) throw error
      unreached.push(error instanceof Error ? error.message : String(error))
    }
  }
  try {
    await Promise.all(refs.map(collectFrom))
    return { collected, unreached }
  } finally {
    await pool.close()
  }
}
