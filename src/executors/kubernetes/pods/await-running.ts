import type { V1Pod } from '@kubernetes/client-node'
import { CommitSuiteError } from '../../../contract/index.ts'
import type { PodWatch } from '../cluster/cluster.ts'
import { isRefusal } from '../cluster/refusal.ts'
import type { KubernetesHost } from '../host.ts'
import type { PodPlace, StartContext } from './create-pod.ts'
import { type PodState, podState } from './pod-state.ts'

const LOOK_MS = 1_000
/** A pod that was there when it was created and that the watch does not show after so long is asked for by name. */
const UNSEEN_MS = 5_000

type Begun = { pod: V1Pod | undefined; state: Exclude<PodState, { type: 'waiting' }> }

/**
 * Waits until the test container of a pod that was created runs, or ended, or was lost. Throws the fault that the
 * waiting amounts to once it has lasted too long, with the reason that Kubernetes gives.
 */
export async function awaitRunning(
  host: KubernetesHost,
  watch: PodWatch,
  place: PodPlace,
  container: string,
  context: StartContext,
): Promise<Begun> {
  const sinceMs = Date.now()
  const given = new AbortController()
  let waiting: Extract<PodState, { type: 'waiting' }> | undefined
  let seen = false
  const look = setInterval(() => {
    if (!seen && Date.now() - sinceMs > UNSEEN_MS) void abortIfGone(place, given)
    if (host.progress.idleMs(place.namespace, sinceMs) > host.settings.waitMs) given.abort(tooLong(waiting))
  }, LOOK_MS)
  const pick = (pod: V1Pod | undefined): Begun | undefined => {
    if (pod === undefined && !seen) return undefined
    seen = true
    const state = podState(pod, container)
    if (state.type !== 'waiting') return { pod, state }
    if (state.final) given.abort(fault(state))
    if (state.reason !== waiting?.reason && state.reason !== STARTING) {
      context.onWaiting(state.reason).catch((error: unknown) => given.abort(error))
    }
    waiting = state
    return undefined
  }
  try {
    const begun = await watch.until(place.name, pick, AbortSignal.any([context.signal, given.signal]))
    host.progress.mark(place.namespace)
    return begun
  } finally {
    clearInterval(look)
  }
}

const STARTING = 'the pod is starting'

function fault({ code, reason }: Extract<PodState, { type: 'waiting' }>): CommitSuiteError {
  return new CommitSuiteError(code, `The pod cannot start: ${reason}`)
}

function tooLong(waiting: Extract<PodState, { type: 'waiting' }> | undefined): CommitSuiteError {
  const reason = waiting?.reason ?? 'the watch does not show it'
  return new CommitSuiteError(waiting?.code ?? 'pod_failed', `The pod did not start in time: ${reason}`)
}

async function abortIfGone({ cluster, namespace, name }: PodPlace, given: AbortController): Promise<void> {
  try {
    await cluster.request(({ core }) => core.readNamespacedPod({ namespace, name }), given.signal)
  } catch (error) {
    if (isRefusal(error, 404)) given.abort(new CommitSuiteError('pod_deleted', 'The pod was deleted before it began.'))
  }
}
