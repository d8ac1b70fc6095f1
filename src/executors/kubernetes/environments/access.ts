import type { ClusterRef } from '../../../contract/index.ts'
import type { EnvironmentAccess } from '../../environment-access.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { connectCluster } from '../cluster/connect.ts'
import { listEnvironments } from './list.ts'
import { refused } from './refused.ts'
import { removeEnvironment } from './remove.ts'

/** People wait: a cluster that does not answer soon is told as away. */
export const PATIENCE = { awayMs: 3_000, requestTimeoutMs: 5_000 }
const never = new AbortController().signal

/** Throws `cluster_invalid`; what it gives throws `cluster_unavailable` and `environment_refused`. */
export async function openEnvironments(ref: ClusterRef | undefined): Promise<EnvironmentAccess> {
  const cluster: Cluster = await connectCluster(ref, PATIENCE)
  return {
    place: cluster.name,
    list: () => told('to list environments', listEnvironments(cluster, never)),
    remove: ({ namespace, owner }) =>
      told(`to remove ${namespace}`, removeEnvironment(cluster, namespace, owner, never)),
    close: () => cluster.close(),
  }
}

async function told<T>(what: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    throw refused(error, what)
  }
}
