import { setTimeout as delay } from 'node:timers/promises'
import { CommitSuiteError } from '../../../contract/index.ts'
import type { Cluster, ExecTarget, PodWatch } from '../cluster/cluster.ts'
import { ExecFailed } from '../cluster/exec/exec-failed.ts'
import { deliverCommand, type RunnerMode } from '../in-pod/commands.ts'
import { delivery } from '../in-pod/delivery.ts'
import { ROOT } from '../manifest/own-volumes.ts'
import type { Pack } from '../prepare/packs.ts'
import { type EndOfPod, endAfter, endOfPod, type TestPod } from './end-of-pod.ts'
import { ExecPatience } from './exec-patience.ts'

const RETRY_MS = 250
/** The API server may be away for as long. */
const WITHIN_MS = 5 * 60_000

interface Delivery {
  pack: Pack
  mode: RunnerMode
  /** The pod ends by itself after so long. */
  deadlineMs: number
}

/**
 * Brings the runner and the packed tree into a running pod, once: a pod that has them keeps what it has. A connection
 * that breaks is made again. Returns how the pod ended, if it did so first. Throws `pod_failed` where it cannot take
 * them.
 */
export async function deliver(watch: PodWatch, pod: TestPod, what: Delivery): Promise<EndOfPod | undefined> {
  const over = new AbortController()
  const together = { ...pod, signal: AbortSignal.any([pod.signal, over.signal]) }
  const delivering = untilDelivered(together, what)
  const ending = endOfPod(watch, together)
  for (const either of [delivering, ending]) either.catch(() => undefined)
  try {
    return await Promise.race([delivering, ending])
  } catch (error) {
    pod.signal.throwIfAborted()
    if (!(error instanceof ExecFailed)) throw error
    return await endAfter(error, watch, pod)
  } finally {
    over.abort()
  }
}

async function untilDelivered({ place, container, signal }: TestPod, what: Delivery): Promise<undefined> {
  const target: ExecTarget = { namespace: place.namespace, pod: place.name, container }
  const patience = new ExecPatience(WITHIN_MS)
  for (;;) {
    try {
      return await deliverOnce(place.cluster, target, what, signal)
    } catch (error) {
      if (!patience.again(error)) throw error
    }
    await delay(RETRY_MS, undefined, { signal })
  }
}

async function deliverOnce(
  cluster: Cluster,
  target: ExecTarget,
  { pack, mode, deadlineMs }: Delivery,
  signal: AbortSignal,
): Promise<undefined> {
  const { sizeBytes, bytes } = await delivery(pack)
  const command = deliverCommand(ROOT, sizeBytes, mode, deadlineMs)
  const session = await cluster.exec(target, command, { signal, onStdout: () => undefined })
  // It hangs up before it has read everything where the pod was delivered to already.
  const writing = (async () => {
    for await (const piece of bytes()) await session.write(piece)
  })().catch(() => undefined)
  const { exitCode, stderr } = await session.ended
  await writing
  if (exitCode === 0) return
  const said = `The tree could not be unpacked in the pod (${exitCode}): ${stderr.trim()}`
  // 137: the container was ended; its state says why.
  if (exitCode === 137) throw new ExecFailed('lost', said)
  throw new CommitSuiteError('pod_failed', said)
}
