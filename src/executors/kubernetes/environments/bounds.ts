import type { V1ResourceQuota } from '@kubernetes/client-node'
import { parseQuantity } from '../../../frameworks/template/quantity.ts'
import type { AppliedLimitRange, Described } from './apply.ts'

const RESOURCES = ['cpu', 'memory', 'ephemeral-storage'] as const
type Resource = (typeof RESOURCES)[number]
type Quantities = Partial<Record<Resource, string>>

/** What one pod needs, all its containers together, as Kubernetes quantities. */
export interface PodNeeds {
  requests: Quantities
  limits: Quantities
}

export interface NamespaceNeeds {
  /** Pods at once; one more is let in for the set-up. */
  pods: number
  perPod: PodNeeds
}

/** For containers that say nothing; processors have no limit unless the pod has one. */
const SILENT = {
  limits: { cpu: '1', memory: '2Gi', 'ephemeral-storage': '4Gi' },
  requests: { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '64Mi' },
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
    for (const [resource, quantity] of Object.entries(perPod[side])) hard[`${side}.${resource}`] = times(quantity, most)
  }
  for (const [name, before] of Object.entries(grownFrom)) {
    const wanted = hard[name]
    if (wanted !== undefined && amount(before) > amount(wanted)) hard[name] = before
  }
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'commit-suite' }, spec: { hard } }
}

/** Defaults for silent containers: where a quota bounds a resource, pods that do not name it would be refused. */
export function limitRange({ perPod }: NamespaceNeeds): AppliedLimitRange {
  const bounded = RESOURCES.filter((resource) => resource !== 'cpu' || perPod.limits.cpu !== undefined)
  const limits = bounded.map((resource) => [resource, silentLimit(resource, perPod.requests[resource])])
  return {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'commit-suite' },
    spec: {
      limits: [{ type: 'Container', default: Object.fromEntries(limits), defaultRequest: { ...SILENT.requests } }],
    },
  }
}

/** A default below what a container requests would make its pod invalid. */
function silentLimit(resource: Resource, requested: string | undefined): string {
  const limit = SILENT.limits[resource]
  return requested !== undefined && amount(requested) > amount(limit) ? requested : limit
}

const amount = (quantity: string): number => parseQuantity(quantity) ?? 0
/** Thousandths, so that both processors and bytes come out exactly. */
const times = (quantity: string, count: number): string => {
  const thousandths = Math.ceil(amount(quantity) * count * 1000 - 1e-6)
  return thousandths % 1000 === 0 ? String(thousandths / 1000) : `${thousandths}m`
}
