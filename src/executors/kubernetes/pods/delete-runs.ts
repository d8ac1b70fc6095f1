import { sha12 } from '../../../contract/index.ts'
import type { RunRequest } from '../../executor.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { isRefusal } from '../cluster/refusal.ts'
import { KEYS, tryLabel } from '../names.ts'
import type { PodPlace } from './create-pod.ts'
import { deletePod, GRACE_SECONDS } from './delete-pod.ts'

/** API servers delete those of one request one after the other, and take an address of some 8 KiB. */
const MOST_AT_ONCE = 50
/** Requests under way at once, by namespace and commit. */
const MOST_REQUESTS = 4
/** Within this time the word of a cancellation reaches the runs of a commit, which comes with their heartbeats. */
const CANCELLATION_MS = 1_500

interface Unwanted {
  place: PodPlace
  /** Its label `KEYS.try`. */
  try: string
  gone: PromiseWithResolvers<void>
}

/** Pods of one namespace and commit that are asked for next, while requests go on. */
interface Queue {
  selector: string
  waiting: Unwanted[]
  requests: number
  gathering: boolean
  forget(): void
}

const queues = new WeakMap<Cluster, Map<string, Queue>>()

/**
 * Asks for the end of a run's pod; one that is gone is what was wanted. The first ones go at once; those that come
 * while requests are under way go together in the next: a cancelled suite has thousands, and requests are rationed.
 */
export async function deleteRunPod(
  place: PodPlace,
  { key, try: nth }: Pick<RunRequest, 'key' | 'try'>,
  signal?: AbortSignal,
): Promise<void> {
  const queue = queueOf(place, { key })
  await enqueue(queue, { place, try: tryLabel(key, nth) }, signal, () => startDraining(queue))
}

/**
 * The same for a run that was cancelled, as the others of its commit will have been: they go together. One by one, each
 * that goes would make room for one that waits, and a node that starts what is about to go has no time to end it.
 */
export async function deleteCancelledPod(
  place: PodPlace,
  { key, try: nth }: Pick<RunRequest, 'key' | 'try'>,
  signal?: AbortSignal,
): Promise<void> {
  const queue = queueOf(place, { key })
  await enqueue(queue, { place, try: tryLabel(key, nth) }, signal, () => {
    if (queue.gathering || queue.requests > 0) return
    queue.gathering = true
    setTimeout(() => {
      queue.gathering = false
      startDraining(queue)
    }, CANCELLATION_MS)
  })
}

async function enqueue(
  queue: Queue,
  pod: Omit<Unwanted, 'gone'>,
  signal: AbortSignal | undefined,
  start: () => void,
): Promise<void> {
  const unwanted: Unwanted = { ...pod, gone: Promise.withResolvers() }
  queue.waiting.push(unwanted)
  start()
  const given = Promise.withResolvers<never>()
  given.promise.catch(() => undefined)
  const giveUp = (): void => given.reject(signal?.reason)
  signal?.addEventListener('abort', giveUp, { once: true })
  if (signal?.aborted === true) giveUp()
  try {
    await Promise.race([unwanted.gone.promise, given.promise])
  } finally {
    signal?.removeEventListener('abort', giveUp)
  }
}

function queueOf({ cluster, namespace }: PodPlace, { key }: Pick<RunRequest, 'key'>): Queue {
  const selector = `${KEYS.suite}=${key.suite},${KEYS.commit}=${sha12(key.sha)}`
  const ofCluster = queues.get(cluster) ?? new Map<string, Queue>()
  queues.set(cluster, ofCluster)
  const name = `${namespace} ${selector}`
  const queue = ofCluster.get(name) ?? {
    ...{ selector, waiting: [], requests: 0, gathering: false },
    forget: () => ofCluster.delete(name),
  }
  ofCluster.set(name, queue)
  return queue
}

/** As many requests as there are batches; one that is still gathering waits for the rest. */
function startDraining(queue: Queue): void {
  if (queue.gathering) return
  const batches = Math.ceil(queue.waiting.length / MOST_AT_ONCE)
  for (let more = Math.min(batches, MOST_REQUESTS - queue.requests); more > 0; more--) void drain(queue)
}

async function drain(queue: Queue): Promise<void> {
  queue.requests += 1
  while (queue.waiting.length > 0) {
    const batch = queue.waiting.splice(0, MOST_AT_ONCE)
    try {
      await deleteAll(batch, queue.selector)
      for (const { gone } of batch) gone.resolve()
    } catch (error) {
      for (const { gone } of batch) gone.reject(error)
    }
  }
  queue.requests -= 1
  if (queue.requests === 0) queue.forget()
}

async function deleteAll(batch: readonly Unwanted[], selector: string): Promise<void> {
  const [first] = batch
  if (first === undefined) return
  if (batch.length === 1) return await deletePod(first.place)
  const { cluster, namespace } = first.place
  const labelSelector = `${selector},${KEYS.try} in (${batch.map((one) => one.try).join(',')})`
  try {
    await cluster.request(({ core }) =>
      core.deleteCollectionNamespacedPod({ namespace, labelSelector, gracePeriodSeconds: GRACE_SECONDS }),
    )
  } catch (error) {
    if (!isRefusal(error, 404)) throw error
  }
}
