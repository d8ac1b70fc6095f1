import type { CoreV1Event } from '@kubernetes/client-node'
import type { PodPlace } from './create-pod.ts'

const MOST_EVENTS = 100

/** What the cluster said of a pod, as far as it still knows; [] where it cannot be asked. */
export async function podEvents({ cluster, namespace, name }: PodPlace, signal: AbortSignal): Promise<CoreV1Event[]> {
  const fieldSelector = `involvedObject.kind=Pod,involvedObject.name=${name}`
  try {
    const { items } = await cluster.request(
      ({ core }) => core.listNamespacedEvent({ namespace, fieldSelector, limit: MOST_EVENTS }),
      signal,
    )
    return items
  } catch {
    return []
  }
}
