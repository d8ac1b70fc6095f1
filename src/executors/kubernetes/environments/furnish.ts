import type { EnvironmentOwner } from '../../environment-access.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { isRefusal } from '../cluster/refusal.ts'
import { applyIn } from './apply.ts'
import { resourceQuota } from './bounds.ts'
import type { EnvironmentWants } from './ensure.ts'
import { denyAll, setUpEgress } from './network-policies.ts'
import { isInForce, quotaInForce } from './quota-in-force.ts'
import { serviceAccount } from './service-account.ts'
import { limitRange } from './silent-containers.ts'

/** What a 404 is about where the namespace, or the quota that was just made, is gone again. */
const GONE = ['namespaces', 'resourcequotas']

/** Puts everything into the namespace that belongs there; false where the namespace went meanwhile. */
export async function furnish(
  cluster: Cluster,
  namespace: string,
  { owner, wants }: { owner: EnvironmentOwner; wants: EnvironmentWants },
  signal: AbortSignal,
): Promise<boolean> {
  const apply = applyIn(cluster, namespace, signal)
  try {
    const earlier = owner.kind === 'session' ? await quotaOf(cluster, namespace, signal) : {}
    const [quota] = await Promise.all([
      apply.resourceQuota(resourceQuota(wants, earlier)),
      apply.networkPolicy(denyAll()),
      apply.networkPolicy(setUpEgress(wants.egress)),
      apply.limitRange(limitRange(wants)),
      apply.serviceAccount(serviceAccount(wants.imagePullSecrets)),
    ])
    if (!isInForce(quota)) await quotaInForce(cluster, quota, signal)
    return true
  } catch (error) {
    if (isRefusal(error, 404) && GONE.includes(error.details.kind ?? '')) return false
    if (isRefusal(error, 403) && /being terminated/.test(error.message)) return false
    throw error
  }
}

/** The bounds that a session has from its suites so far. */
async function quotaOf(cluster: Cluster, namespace: string, signal: AbortSignal): Promise<Record<string, string>> {
  try {
    const name = 'commit-suite'
    const quota = await cluster.request(({ core }) => core.readNamespacedResourceQuota({ namespace, name }), signal)
    return quota.spec?.hard ?? {}
  } catch (error) {
    if (isRefusal(error, 404)) return {}
    throw error
  }
}
