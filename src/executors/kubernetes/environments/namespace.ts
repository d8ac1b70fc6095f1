import { PatchStrategy, setHeaderOptions, type V1Namespace } from '@kubernetes/client-node'
import type { EnvironmentOwner } from '../../environment-access.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { isRefusal } from '../cluster/refusal.ts'
import { KEYS } from '../names.ts'
import { ownerAnnotations, ownerLabels } from './owner.ts'

/** What Pod Security asks for is pinned: an upgrade of the cluster must not begin to refuse pods that it took. */
const POD_SECURITY = ['enforce', 'warn', 'audit'].flatMap((mode) => [
  [`pod-security.kubernetes.io/${mode}`, 'restricted'],
  [`pod-security.kubernetes.io/${mode}-version`, 'v1.34'],
])

const labelsOf = (owner: EnvironmentOwner): Record<string, string> => ({
  ...ownerLabels(owner),
  ...Object.fromEntries(POD_SECURITY),
})

/** Undefined where there is none of this name. */
export async function readNamespace(
  cluster: Cluster,
  name: string,
  signal: AbortSignal,
): Promise<V1Namespace | undefined> {
  try {
    return await cluster.request(({ core }) => core.readNamespace({ name }), signal)
  } catch (error) {
    if (isRefusal(error, 404)) return undefined
    throw error
  }
}

/** Undefined where somebody else was quicker, or where this is the repetition of a request whose answer was lost. */
export async function createNamespace(
  cluster: Cluster,
  name: string,
  { owner, expiresAt, createdBy }: { owner: EnvironmentOwner; expiresAt: Date | undefined; createdBy?: string },
  signal: AbortSignal,
): Promise<V1Namespace | undefined> {
  const annotations = {
    ...ownerAnnotations(owner),
    ...(createdBy !== undefined && { [KEYS.createdBy]: createdBy }),
    ...(expiresAt && { [KEYS.expiresAt]: expiresAt.toISOString() }),
  }
  const body: V1Namespace = { metadata: { name, labels: labelsOf(owner), annotations } }
  try {
    return await cluster.request(({ core }) => core.createNamespace({ body }), signal)
  } catch (error) {
    if (isRefusal(error, 409)) return undefined
    throw error
  }
}

/**
 * Sets labels and annotations, `null` to remove one. False where the namespace was changed or replaced since it was
 * read: what was decided about it must be decided again.
 */
async function patchNamespace(
  cluster: Cluster,
  { metadata }: V1Namespace,
  changes: { labels?: Record<string, string>; annotations: Record<string, string | null> },
  signal: AbortSignal,
): Promise<boolean> {
  const { name = '', uid, resourceVersion } = metadata ?? {}
  const body = { metadata: { uid, resourceVersion, ...changes } }
  const asMerge = () => setHeaderOptions('Content-Type', PatchStrategy.MergePatch)
  try {
    const request = { name, body, fieldManager: 'commit-suite' }
    await cluster.request(({ core }) => core.patchNamespace(request, asMerge()), signal)
    return true
  } catch (error) {
    if (isRefusal(error, 409) || isRefusal(error, 404)) return false
    throw error
  }
}

/** Brings labels back that somebody changed; a lane that is used again does not expire. */
export const refreshNamespace = async (
  cluster: Cluster,
  found: V1Namespace,
  { owner, expiresAt }: { owner: EnvironmentOwner; expiresAt: Date | undefined },
  signal: AbortSignal,
): Promise<boolean> =>
  await patchNamespace(
    cluster,
    found,
    { labels: labelsOf(owner), annotations: { [KEYS.expiresAt]: expiresAt?.toISOString() ?? null } },
    signal,
  )

export const setExpiry = async (
  cluster: Cluster,
  found: V1Namespace,
  until: Date,
  signal: AbortSignal,
): Promise<boolean> =>
  await patchNamespace(cluster, found, { annotations: { [KEYS.expiresAt]: until.toISOString() } }, signal)

/** Asks for the deletion of what was read; false where it was changed or replaced since. */
export async function deleteNamespace(
  cluster: Cluster,
  { metadata }: V1Namespace,
  signal: AbortSignal,
): Promise<boolean> {
  const { name = '', uid = '', resourceVersion = '' } = metadata ?? {}
  const body = { preconditions: { uid, resourceVersion } }
  try {
    await cluster.request(({ core }) => core.deleteNamespace({ name, body }), signal)
    return true
  } catch (error) {
    if (isRefusal(error, 404)) return true
    if (isRefusal(error, 409)) return false
    throw error
  }
}

export const isTerminating = ({ metadata, status }: V1Namespace): boolean =>
  metadata?.deletionTimestamp !== undefined || status?.phase === 'Terminating'

/** Undefined where the annotation is missing or no date. */
export function expiryOf({ metadata }: V1Namespace): Date | undefined {
  const time = Date.parse(metadata?.annotations?.[KEYS.expiresAt] ?? '')
  return Number.isNaN(time) ? undefined : new Date(time)
}
