import type { V1Container, V1PodSpec } from '@kubernetes/client-node'
import type { PodNeeds } from './bounds.ts'
import { amountOf, quantityOf, RESOURCES, type Resource } from './quantities.ts'
import { silentLimit, silentRequest } from './silent-containers.ts'

/**
 * What a pod counts for in a quota: its containers and sidecars together, or a bigger init container; containers
 * that say nothing have the defaults of our LimitRange.
 */
export function podNeeds(spec: V1PodSpec): PodNeeds {
  const requests: PodNeeds['requests'] = {}
  const limits: PodNeeds['limits'] = {}
  for (const resource of RESOURCES) {
    const requested = total(spec, (container) => requestOf(container, resource))
    requests[resource] = quantityOf(requested)
    const stated = allOf(spec).some(({ resources }) => resources?.limits?.[resource] !== undefined)
    if (resource === 'cpu' && !stated) continue
    const silent = silentLimit(resource, requests[resource])
    limits[resource] = quantityOf(total(spec, ({ resources }) => amountOf(resources?.limits?.[resource] ?? silent)))
  }
  return { requests, limits }
}

const allOf = ({ containers, initContainers = [] }: V1PodSpec): V1Container[] => [...containers, ...initContainers]

/** Where there is only a limit, the API server requests as much. */
const requestOf = ({ resources }: V1Container, resource: Resource): number =>
  amountOf(resources?.requests?.[resource] ?? resources?.limits?.[resource] ?? silentRequest(resource))

function total({ containers, initContainers = [] }: V1PodSpec, amount: (container: V1Container) => number): number {
  const isSidecar = ({ restartPolicy }: V1Container): boolean => restartPolicy === 'Always'
  const sum = (of: V1Container[]): number => of.reduce((so, container) => so + amount(container), 0)
  const sidecars = sum(initContainers.filter(isSidecar))
  const biggest = Math.max(0, ...initContainers.filter((container) => !isSidecar(container)).map(amount))
  return sidecars + Math.max(sum(containers), biggest)
}
