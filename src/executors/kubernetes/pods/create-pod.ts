import { setTimeout as delay } from 'node:timers/promises'
import type { V1Pod } from '@kubernetes/client-node'
import { CommitSuiteError } from '../../../contract/index.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { isQuotaRefusal, isRefusal } from '../cluster/refusal.ts'
import type { KubernetesHost } from '../host.ts'
import { KEYS } from '../names.ts'

export interface PodPlace {
  cluster: Cluster
  namespace: string
  name: string
}

export interface StartContext {
  signal: AbortSignal
  /** Told why the pod cannot start yet, once per reason. */
  onWaiting(reason: string): Promise<void>
}

const QUOTA_POLL_MS = 1_000

/** Of each namespace the creation that goes on: behind one that waits for the quota, the others need not ask. */
const queues = new WeakMap<Cluster, Map<string, Promise<unknown>>>()

/** Whoever is cancelled while others are before it does not wait for them; work that has begun is waited for. */
async function inTurn<T>({ cluster, namespace }: PodPlace, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const ofCluster = queues.get(cluster) ?? new Map<string, Promise<unknown>>()
  queues.set(cluster, ofCluster)
  const before = ofCluster.get(namespace) ?? Promise.resolve()
  let begun = false
  const mine = before.then(() => {
    signal.throwIfAborted()
    begun = true
    return work()
  })
  const settled = mine.catch(() => undefined)
  ofCluster.set(namespace, settled)
  void settled.then(() => ofCluster.get(namespace) === settled && ofCluster.delete(namespace))
  const cancelled = Promise.withResolvers<never>()
  cancelled.promise.catch(() => undefined)
  const cancel = (): void => void (begun || cancelled.reject(signal.reason))
  signal.addEventListener('abort', cancel, { once: true })
  try {
    return await Promise.race([mine, cancelled.promise])
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

/**
 * Creates the pod, or finds the one of this name that is ours: there is never a second one. Waits while a quota has
 * no room, as long as something else in the namespace goes forward or `waitMs` has not passed.
 */
export async function createPod(
  host: KubernetesHost,
  place: PodPlace,
  manifest: V1Pod,
  context: StartContext,
): Promise<{ created: boolean }> {
  return await inTurn(place, context.signal, async () => {
    const sinceMs = Date.now()
    for (;;) {
      context.signal.throwIfAborted()
      const made = await attempt(place, manifest, context.signal)
      if (!('refused' in made)) return made
      await context.onWaiting(made.refused)
      if (host.progress.idleMs(place.namespace, sinceMs) > host.settings.waitMs) {
        throw new CommitSuiteError('unschedulable', `No pod could be made in ${place.namespace}: ${made.refused}`)
      }
      await delay(QUOTA_POLL_MS, undefined, { signal: context.signal })
    }
  })
}

async function attempt(
  { cluster, namespace, name }: PodPlace,
  manifest: V1Pod,
  signal: AbortSignal,
): Promise<{ created: boolean } | { refused: string }> {
  try {
    await cluster.request(({ core }) => core.createNamespacedPod({ namespace, body: manifest }), signal)
    return { created: true }
  } catch (error) {
    if (isRefusal(error, 409)) return await adopt({ cluster, namespace, name }, manifest, signal)
    if (isQuotaRefusal(error)) return { refused: error.message }
    if (isRefusal(error, 404)) {
      throw new CommitSuiteError('environment_lost', `The namespace ${namespace} is gone.`, {}, { cause: error })
    }
    if (isRefusal(error, 403) && /being terminated/.test(error.message)) {
      throw new CommitSuiteError(
        'environment_lost',
        `The namespace ${namespace} is being removed.`,
        {},
        { cause: error },
      )
    }
    if (isRefusal(error, 403) || isRefusal(error, 422) || isRefusal(error, 400)) {
      throw new CommitSuiteError('environment_refused', `The cluster refused the pod ${name}: ${error.message}`, {
        remedy: 'Look at test-pod.yaml of the project type.',
      })
    }
    throw error
  }
}

/** A pod of our name that is not ours was made by somebody else: it is left alone. */
async function adopt({ cluster, namespace, name }: PodPlace, manifest: V1Pod, signal: AbortSignal) {
  const found = await cluster
    .request(({ core }) => core.readNamespacedPod({ namespace, name }), signal)
    .catch((error: unknown) => {
      // It may have begun: another one of the same name would be the same try twice.
      if (isRefusal(error, 404)) throw new CommitSuiteError('pod_deleted', `The pod ${name} was deleted meanwhile.`)
      throw error
    })
  const [ours, theirs] = [manifest, found].map((pod) => pod.metadata?.annotations?.[KEYS.run])
  if (ours === theirs) return { created: false }
  const said = `The pod ${namespace}/${name} exists and belongs to ${theirs ?? 'somebody else'}.`
  throw new CommitSuiteError('environment_conflict', said, { remedy: 'Remove it, or choose another suite id.' })
}
