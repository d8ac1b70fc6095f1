import { type ClusterRef, CommitSuiteError } from '../../../contract/index.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { isRefusal } from '../cluster/refusal.ts'
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

/** Collects from several clusters at once; one that cannot be reached does not keep the others from it. */
export async function collectFromClusters(
  refs: readonly (ClusterRef | undefined)[],
  connect: (ref: ClusterRef | undefined) => Promise<Cluster>,
  options: CollectOptions,
  signal: AbortSignal,
): Promise<CollectedFromClusters> {
  const collected: CollectedFromCluster[] = []
  const unreached: string[] = []
  await Promise.all(
    refs.map(async (ref) => {
      try {
        const cluster = await connect(ref)
        collected.push({ cluster: cluster.name, ...(await collectEnvironments(cluster, options, signal)) })
      } catch (error) {
        if (!(error instanceof CommitSuiteError || isRefusal(error) || signal.aborted)) throw error
        unreached.push(error instanceof Error ? error.message : String(error))
      }
    }),
  )
  return { collected, unreached }
}
