import type { EnvironmentOwner } from '../../environment-access.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { deleteNamespace, isTerminating, readNamespace } from './namespace.ts'
import { isOwnedBy } from './owner.ts'

const MOST_TRIES = 5

/**
 * Asks for the environment's removal with all that is in it, and returns once that is accepted: its end takes 5 to
 * 11 s. Does nothing where it is gone, going, or not the owner's. May be called again.
 */
export async function removeEnvironment(
  cluster: Cluster,
  namespace: string,
  owner: EnvironmentOwner,
  signal: AbortSignal,
): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const found = await readNamespace(cluster, namespace, signal)
    if (found === undefined || !isOwnedBy(found, owner) || isTerminating(found)) return
    if (await deleteNamespace(cluster, found, signal)) return
  }
}
