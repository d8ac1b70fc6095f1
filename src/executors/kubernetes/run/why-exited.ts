import { setTimeout as delay } from 'node:timers/promises'
import type { V1Pod } from '@kubernetes/client-node'
import type { PodWatch } from '../cluster/cluster.ts'
import type { PodPlace } from '../pods/create-pod.ts'
import { podEvents } from '../pods/pod-events.ts'
import { evictionOf, type LostPod, lossOf } from '../pods/pod-loss.ts'

/** The kubelet's event is on its way while it ends the container, and its last status comes after that. */
const LOOKS_MS = [0, 250, 750, 2_000]

/**
 * Why a pod ended whose container was made to exit: a kubelet that evicts a pod lets the container end in peace,
 * reports the pod as succeeded, and only then says why, in an event at once and in the status a moment later, or never.
 * Undefined where nobody ended it.
 */
export async function whyExited(
  watch: PodWatch,
  place: PodPlace,
  pod: V1Pod | undefined,
  signal: AbortSignal,
): Promise<LostPod | undefined> {
  const done = new AbortController()
  const together = AbortSignal.any([signal, done.signal])
  const changed = watch.until(place.name, lossOf, together)
  changed.catch(() => undefined)
  try {
    for (const waitMs of LOOKS_MS) {
      const loss = await Promise.race([changed, delay(waitMs, undefined, { signal: together })])
      if (loss !== undefined) return loss
      const evicted = await evictionAmong(place, pod, together)
      if (evicted !== undefined) return evicted
    }
    return undefined
  } finally {
    done.abort()
  }
}

/** Of this very pod: one of the same name may have been evicted before it. */
async function evictionAmong(
  place: PodPlace,
  pod: V1Pod | undefined,
  signal: AbortSignal,
): Promise<LostPod | undefined> {
  const events = await podEvents(place, signal)
  const event = events.find(
    ({ reason, involvedObject }) => reason === 'Evicted' && involvedObject.uid === pod?.metadata?.uid,
  )
  return event === undefined ? undefined : evictionOf(event.message ?? '')
}
