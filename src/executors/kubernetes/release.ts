import type { ReleaseRequest } from '../executor.ts'
import { isRefusal } from './cluster/refusal.ts'
import { KEPT_MS, keepEnvironment, touchSession } from './environments/keep.ts'
import { removeEnvironment } from './environments/remove.ts'
import type { KubernetesHost } from './host.ts'
import { findLane, type Lane, ownLane } from './lane.ts'
import { GRACE_SECONDS } from './pods/delete-pod.ts'
import { laneSelector, type WarmPools } from './warm/pools.ts'

const WITHIN_MS = 90_000

/**
 * Ends what is left of the lane's pods and removes its namespace, or keeps it for 24 h; a session's namespace stays
 * for its next request.
 */
export async function releaseLane(host: KubernetesHost, pools: WarmPools, request: ReleaseRequest): Promise<void> {
  const signal = AbortSignal.timeout(WITHIN_MS)
  pools.forget(request.suite, request.sha)
  const lane = await findLane(host, request, signal)
  if (lane === undefined) return
  host.progress.forget(lane.namespace)
  const { cluster, namespace } = lane
  if (request.session !== undefined) {
    await removePods(lane, request, signal)
    return await touchSession(cluster, namespace, request.session, signal)
  }
  const owner = await ownLane(lane, request, signal)
  if (owner === undefined) return
  if (request.keep) await keepEnvironment(cluster, namespace, owner, new Date(Date.now() + KEPT_MS), signal)
  else await removeEnvironment(cluster, namespace, owner, signal)
}

async function removePods({ cluster, namespace }: Lane, { suite, sha }: ReleaseRequest, signal: AbortSignal) {
  const labelSelector = laneSelector(suite, sha)
  try {
    await cluster.request(
      ({ core }) => core.deleteCollectionNamespacedPod({ namespace, labelSelector, gracePeriodSeconds: GRACE_SECONDS }),
      signal,
    )
  } catch (error) {
    if (!isRefusal(error, 404)) throw error
  }
}
