import type { V1ResourceRequirements } from '@kubernetes/client-node'
import type { RunLimits } from '../../../contract/index.ts'
import { parseQuantity } from '../../../frameworks/template/quantity.ts'
import type { Template } from '../../../frameworks/templates.ts'

/**
 * Resources of the test container, resource by resource: the limits of the suite before the manifest's, those before
 * the template's. A request above its limit, which the API server would refuse, comes down to it.
 */
export function runResources(
  manifest: V1ResourceRequirements | undefined,
  template: Template['resources'],
  { memoryBytes, cpus }: RunLimits,
): V1ResourceRequirements {
  const limits = {
    ...template.limits,
    ...manifest?.limits,
    ...(memoryBytes !== undefined && { memory: String(memoryBytes) }),
    ...(cpus !== undefined && { cpu: `${Math.max(1, Math.round(cpus * 1000))}m` }),
  }
  const requests = lowered({ ...template.requests, ...manifest?.requests }, limits)
  return { ...manifest, requests, limits }
}

function lowered(requests: Record<string, string>, limits: Record<string, string>): Record<string, string> {
  const atMost = ([name, wanted]: [string, string]): [string, string] => {
    const limit = limits[name]
    return limit !== undefined && isAbove(wanted, limit) ? [name, limit] : [name, wanted]
  }
  return Object.fromEntries(Object.entries(requests).map(atMost))
}

const isAbove = (a: string, b: string): boolean =>
  (parseQuantity(a) ?? 0) > (parseQuantity(b) ?? Number.POSITIVE_INFINITY)
