import type { V1ResourceQuota } from '@kubernetes/client-node'
import type { Described } from './apply.ts'
import { amountOf, quantityOf, type Resource } from './quantities.ts'

type Quantities = Partial<Record<Resource, string>>

/** What one pod needs, all its containers together, as Kubernetes quantities; `podNeeds` reads it from a manifest. */
export interface PodNeeds {
  requests: Quantities
  limits: Quantities
}

export interface NamespaceNeeds {
  /** Pods at once; one more is let in for the set-up. */
  pods: number
  perPod: PodNeeds
}

/** What a session's owner or an admission controller may add; pods of ours make none of these. */
const OTHER_OBJECTS = {
  'count/configmaps': '20',
  'count/secrets': '20',
  'count/services': '5',
  'services.nodeports': '0',
  'services.loadbalancers': '0',
  'count/jobs.batch': '0',
  'count/cronjobs.batch': '0',
  'count/deployments.apps': '0',
  'count/replicasets.apps': '0',
  'count/statefulsets.apps': '0',
  'count/daemonsets.apps': '0',
}

/**
 * Room for `pods` and the set-up's. A resource is bounded where the pods say what they need of it; `grownFrom` is an
 * earlier quota that nothing may fall below, as other suites of the same session count on it.
 */
export function resourceQuota(
  { pods, perPod }: NamespaceNeeds,
  grownFrom: Record<string, string> = {},
): Described<V1ResourceQuota> {
  const most = pods + 1
  const hard: Record<string, string> = {
    ...OTHER_OBJECTS,
    pods: String(most),
    persistentvolumeclaims: String(most),
  }
  for (const side of ['requests', 'limits'] as const) {
    for (const [resource, quantity] of Object.entries(perPod[side])) {
      hard[`${side}.${resource}`] = quantityOf(amountOf(quantity) * most)
    }
  }
  for (const [name, before] of Object.entries(grownFrom)) {
    const wanted = hard[name]
    if (wanted !== undefined && amountOf(before) > amountOf(wanted)) hard[name] = before
  }
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'commit-suite' }, spec: { hard } }
}
