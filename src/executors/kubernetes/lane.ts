import type { ClusterPlace } from '../executor.ts'
import type { Cluster } from './cluster/cluster.ts'
import { readNamespace } from './environments/namespace.ts'
import { type EnvironmentOwner, isOwnedBy, namesOf, ownerOf } from './environments/owner.ts'
import type { KubernetesHost } from './host.ts'
import { laneNamespace } from './names.ts'

/** Where the pods of a commit are. */
export interface Lane {
  cluster: Cluster
  namespace: string
}

type LaneRequest = ClusterPlace & { suite: string; sha: string }

/** Namespaces of sessions that were found; a lane's name needs no look. */
const sessions = new Map<string, string>()

/** The place that `provision` made. */
export async function laneOf(host: KubernetesHost, request: LaneRequest, signal: AbortSignal): Promise<Lane> {
  const cluster = await host.cluster(request.cluster)
  if (request.session === undefined) return { cluster, namespace: laneNamespace(request.suite, request.sha) }
  const owner: EnvironmentOwner = { kind: 'session', session: request.session }
  const key = JSON.stringify([cluster.name, request.session])
  const known = sessions.get(key)
  if (known !== undefined) return { cluster, namespace: known }
  for (const name of namesOf(owner)) {
    const found = await readNamespace(cluster, name, signal)
    if (found === undefined || !isOwnedBy(found, owner)) continue
    sessions.set(key, name)
    return { cluster, namespace: name }
  }
  return { cluster, namespace: namesOf(owner)[0] }
}

/** Whose the namespace is, if it is this lane's own; undefined for a session's, and where it is gone. */
export async function ownLane(
  { cluster, namespace }: Lane,
  { suite, sha }: LaneRequest,
  signal: AbortSignal,
): Promise<EnvironmentOwner | undefined> {
  const found = await readNamespace(cluster, namespace, signal)
  const owner = found === undefined ? undefined : ownerOf(found)
  return owner?.kind === 'lane' && owner.suite === suite && owner.sha === sha ? owner : undefined
}
