import type { SessionRef } from '../../../contract/index.ts'
import type { EnvironmentOwner } from '../../environment-access.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { isTerminating, readNamespace, setExpiry } from './namespace.ts'
import { isOwnedBy } from './owner.ts'

/** How long a kept environment stays, and a session's after its last request. */
export const KEPT_MS = 24 * 3_600_000
const MOST_TRIES = 5

export const sessionExpiry = (now: Date): Date => new Date(now.getTime() + KEPT_MS)

/** Sets when the environment may be removed; does nothing where it is gone, going, or not the owner's. */
export async function keepEnvironment(
  cluster: Cluster,
  namespace: string,
  owner: EnvironmentOwner,
  until: Date,
  signal: AbortSignal,
): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const found = await readNamespace(cluster, namespace, signal)
    if (found === undefined || !isOwnedBy(found, owner) || isTerminating(found)) return
    if (await setExpiry(cluster, found, until, signal)) return
  }
}

/** A request of the session came: its environment stays for 24 h from now. */
export async function touchSession(
  cluster: Cluster,
  namespace: string,
  session: SessionRef,
  signal: AbortSignal,
): Promise<void> {
  await keepEnvironment(cluster, namespace, { kind: 'session', session }, sessionExpiry(new Date()), signal)
}
