import { isRefusal } from '../cluster/refusal.ts'
import type { PodPlace } from './create-pod.ts'

/** The runner ends at once when it is told to; nothing of the run has to be saved any more. */
export const GRACE_SECONDS = 1

/** Asks for the pod's end; one that is gone, with its namespace or alone, is what was wanted. */
export async function deletePod({ cluster, namespace, name }: PodPlace, signal?: AbortSignal): Promise<void> {
  try {
    await cluster.request(
      ({ core }) => core.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: GRACE_SECONDS }),
      signal,
    )
  } catch (error) {
    if (!isRefusal(error, 404)) throw error
  }
}
