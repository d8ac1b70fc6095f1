import {
  PatchStrategy,
  setHeaderOptions,
  type V1NetworkPolicy,
  type V1ResourceQuota,
  type V1ServiceAccount,
} from '@kubernetes/client-node'
import type { Cluster } from '../cluster/cluster.ts'

interface Named {
  apiVersion: string
  kind: string
  metadata: { name: string }
}
export type Described<T extends V1NetworkPolicy | V1ResourceQuota | V1ServiceAccount> = T & Named

/** A patch is sent as it is, and the client's own type calls `default` otherwise. */
export interface AppliedLimitRange extends Named {
  spec: { limits: { type: 'Container'; default: Record<string, string>; defaultRequest: Record<string, string> }[] }
}

/** What we applied earlier and no longer say goes; what others changed of what we say comes back. */
const MANNER = { fieldManager: 'commit-suite', force: true } as const
/** A function, as the client keeps what a call did with its options. */
const asApply = () => setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply)

/** Makes the objects of a namespace be as described, whether they exist, were changed, or were never made. */
export interface Apply {
  /** As it is then. */
  resourceQuota(body: Described<V1ResourceQuota>): Promise<V1ResourceQuota>
  limitRange(body: AppliedLimitRange): Promise<unknown>
  networkPolicy(body: Described<V1NetworkPolicy>): Promise<unknown>
  serviceAccount(body: Described<V1ServiceAccount>): Promise<unknown>
}

export function applyIn(cluster: Cluster, namespace: string, signal: AbortSignal): Apply {
  const target = <T extends Named>(body: T) => ({ ...MANNER, namespace, name: body.metadata.name, body })
  return {
    resourceQuota: (body) =>
      cluster.request(({ core }) => core.patchNamespacedResourceQuota(target(body), asApply()), signal),
    limitRange: (body) =>
      cluster.request(({ core }) => core.patchNamespacedLimitRange(target(body), asApply()), signal),
    networkPolicy: (body) =>
      cluster.request(({ networking }) => networking.patchNamespacedNetworkPolicy(target(body), asApply()), signal),
    serviceAccount: (body) =>
      cluster.request(({ core }) => core.patchNamespacedServiceAccount(target(body), asApply()), signal),
  }
}
