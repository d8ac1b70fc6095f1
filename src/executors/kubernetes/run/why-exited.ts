import { setTimeout as delay } from 'node:timers/promises'
import type { CoreV1Event, V1Pod } from '@kubernetes/client-node'
import type { PodWatch } from '../cluster/cluster.ts'
import type { PodPlace } from '../pods/create-pod.ts'
import { podEvents } from '../pods/pod-events.ts'
import { evictionOf, type LostPod, lossOf } from '../pods/pod-loss.ts'

/** The kubelet's event is on its way while it ends the container, and its last status comes after that. */
const LOOKS_MS = [0, 250, 750, 2_000]

/**
 * Why a pod ended whose container was made to exit: a kubelet that evicts a pod lets the container end in peace,
 * reports the pod as succeeded, and only then says why, in an event at once and in the status a moment later, or never.
 * One that says only that it stopped the container had a reason too. Undefined where nobody ended it from outside.
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
  let events: CoreV1Event[] = []
  try {
    for (const waitMs of LOOKS_MS) {
      const loss = await Promise.race([changed, delay(waitMs, undefined, { signal: together })])
      if (loss !== undefined) return loss
      events = await ownEvents(place, pod, together)
      const evicted = events.find(({ reason }) => reason === 'Evicted')
      if (evicted !== undefined) return evictionOf(evicted.message ?? '')
    }
  } finally {
    done.abort()
  }
  const stopped = events.find(({ reason }) => reason === 'Killing')
  return stopped === undefined
    ? undefined
    : { type: 'lost', code: 'pod_failed', message: `The kubelet ended the pod: ${stopped.message ?? 'Killing'}` }
}

/** Of this very pod: one of the same name may have been evicted before it. */
async function ownEvents(place: PodPlace, pod: V1Pod | undefined, signal: AbortSignal): Promise<CoreV1Event[]> {
  const events = await podEvents(place, signal)
  return events.filter(({ involvedObject }) => involvedObject.uid === pod?.metadata?.uid)
}
