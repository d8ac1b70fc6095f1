import type { V1Pod } from '@kubernetes/client-node'
import type { Holding, Spending } from '../../environment-access.ts'
import { heldFor } from '../../spending.ts'
import { podNeeds } from './pod-needs.ts'
import { amountOf } from './quantities.ts'

/** What a pod asks for, whether or not it uses it: nobody else gets that. */
export function podHolding({ spec }: V1Pod): Holding {
  if (spec === undefined) return { cpuMillis: 0, memoryBytes: 0, diskBytes: 0 }
  const { requests } = podNeeds(spec)
  return {
    cpuMillis: Math.round(amountOf(requests.cpu ?? '0') * 1000),
    memoryBytes: Math.round(amountOf(requests.memory ?? '0')),
    diskBytes: Math.round(amountOf(requests['ephemeral-storage'] ?? '0')),
  }
}

/** From when a node took the pod to its end, or to now; nothing before. */
export function podSpending(pod: V1Pod, now: Date): Spending {
  const { startTime, containerStatuses = [], phase } = pod.status ?? {}
  if (startTime === undefined) return heldFor(podHolding(pod), 0)
  const ends = containerStatuses.flatMap(({ state }) => state?.terminated?.finishedAt?.getTime() ?? [])
  const hasEnded = phase === 'Succeeded' || phase === 'Failed'
  const endMs = hasEnded && ends.length > 0 ? Math.max(...ends) : now.getTime()
  return heldFor(podHolding(pod), endMs - startTime.getTime())
}
