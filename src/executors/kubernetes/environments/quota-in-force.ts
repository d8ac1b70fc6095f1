import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { V1ResourceQuota } from '@kubernetes/client-node'
import type { Cluster } from '../cluster/cluster.ts'

const POLL_MS = 50
/** The quota is a backstop behind our own bounds: a controller that is slow or away does not hold up a suite. */
const WITHIN_MS = 5_000

/** Whether the quota controller counts by what the quota says. */
export const isInForce = ({ spec, status }: V1ResourceQuota): boolean => isDeepStrictEqual(spec?.hard, status?.hard)

/**
 * Waits until the quota controller has taken note of the quota as it is. Before that, the API server takes pods
 * without counting them, or refuses all of them (`status unknown for quota`).
 */
export async function quotaInForce(
  cluster: Cluster,
  { metadata }: V1ResourceQuota,
  signal: AbortSignal,
): Promise<void> {
  const { name = '', namespace = '' } = metadata ?? {}
  const deadlineMs = performance.now() + WITHIN_MS
  while (performance.now() < deadlineMs) {
    const read = () => cluster.request(({ core }) => core.readNamespacedResourceQuota({ namespace, name }), signal)
    if (isInForce(await read())) return
    await delay(POLL_MS, undefined, { signal })
  }
}
