import { CommitSuiteError, type SessionRef } from '../../contract/index.ts'
import type { EnvironmentOwner } from '../environment-access.ts'
import type { ClusterPlace } from '../executor.ts'
import type { Cluster } from './cluster/cluster.ts'
import { isTerminating, readNamespace } from './environments/namespace.ts'
import { isOwnedBy, namesOf, ownerOf } from './environments/owner.ts'
import type { KubernetesHost } from './host.ts'
import { laneNamespace } from './names.ts'

/** Where the pods of a commit are. */
export interface Lane {
  cluster: Cluster
  namespace: string
}

type LaneRequest = ClusterPlace & { suite: string; sha: string }

/**
 * The place that `provision` made. Throws `environment_lost` where a session has none any more: its name may be
 * another session's by now.
 */
export async function laneOf(host: KubernetesHost, request: LaneRequest, signal: AbortSignal): Promise<Lane> {
  const lane = await findLane(host, request, signal)
  if (lane !== undefined) return lane
  const { chat, user } = request.session ?? { chat: '', user: '' }
  throw new CommitSuiteError('environment_lost', `The namespace of chat ${chat} and user ${user} is gone.`)
}

/**
 * A lane's name says whose it is. A session's does not: it is looked up each time, since whoever finds it free may
 * have it, and pods must never come into the hands of another session.
 */
export async function findLane(
  host: KubernetesHost,
  { suite, sha, session, ...request }: LaneRequest,
  signal: AbortSignal,
): Promise<Lane | undefined> {
  const cluster = await host.cluster(request.cluster)
  if (session === undefined) return { cluster, namespace: laneNamespace(suite, sha) }
  const namespace = await findSession(cluster, session, signal)
  return namespace === undefined ? undefined : { cluster, namespace }
}

/** The namespace that is the session's by all its annotations; undefined where there is none, or it is going. */
export async function findSession(
  cluster: Cluster,
  session: SessionRef,
  signal: AbortSignal,
): Promise<string | undefined> {
  const owner: EnvironmentOwner = { kind: 'session', session }
  for (const name of namesOf(owner)) {
    const found = await readNamespace(cluster, name, signal)
    if (found !== undefined && isOwnedBy(found, owner) && !isTerminating(found)) return name
  }
  return undefined
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
