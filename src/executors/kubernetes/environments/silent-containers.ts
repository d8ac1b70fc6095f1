import type { AppliedLimitRange } from './apply.ts'
import type { NamespaceNeeds } from './bounds.ts'
import { amountOf, RESOURCES, type Resource } from './quantities.ts'

/** For containers that say nothing; processors have no limit unless the pod has one. */
const SILENT = {
  limits: { cpu: '1', memory: '2Gi', 'ephemeral-storage': '4Gi' },
  requests: { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '64Mi' },
} as const

export const silentRequest = (resource: Resource): string => SILENT.requests[resource]

/** `requested` is what the whole pod requests: a default below what a container requests would make it invalid. */
export function silentLimit(resource: Resource, requested: string | undefined): string {
  const limit = SILENT.limits[resource]
  return requested !== undefined && amountOf(requested) > amountOf(limit) ? requested : limit
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
