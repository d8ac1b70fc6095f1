import type { V1Pod } from '@kubernetes/client-node'
import { CommitSuiteError } from '../../../contract/index.ts'
import type { PodWatch } from '../cluster/cluster.ts'
import type { ExecFailed } from '../cluster/exec/exec-failed.ts'
import type { PodPlace } from '../pods/create-pod.ts'
import type { LostPod } from '../pods/pod-loss.ts'
import { type PodState, podState } from '../pods/pod-state.ts'
import { whyExited } from './why-exited.ts'

export interface TestPod {
  place: PodPlace
  container: string
  signal: AbortSignal
}

export type EndOfPod =
  /** For what the run itself did. */
  | { type: 'pod ended'; cause: Extract<PodState, { type: 'ended' }>['cause']; message: string; pod: V1Pod | undefined }
  | { type: 'lost'; error: CommitSuiteError; pod: V1Pod | undefined }

/** After a command found no pod, the watch learns of it within this time. */
const WATCH_LAG_MS = 20_000

/** Waits until the pod's test container has ended or the pod was taken away. */
export async function endOfPod(watch: PodWatch, { place, container, signal }: TestPod): Promise<EndOfPod> {
  const pick = (pod: V1Pod | undefined): { state: LostPod; pod: V1Pod | undefined } | undefined => {
    const state = podState(pod, container)
    return state.type === 'ended' || state.type === 'lost' ? { state, pod } : undefined
  }
  const { state, pod } = await watch.until(place.name, pick, signal)
  const exited = state.type === 'ended' && state.cause === 'exit'
  return asEnd(exited ? ((await whyExited(watch, place, pod, signal)) ?? state) : state, pod)
}

function asEnd(state: LostPod, pod: V1Pod | undefined): EndOfPod {
  if (state.type === 'ended') return { ...state, type: 'pod ended', pod }
  return { type: 'lost', error: new CommitSuiteError(state.code, state.message), pod }
}

/** Why a command in the pod could not be started for good: the pod's own state says it, as soon as it is known. */
export async function endAfter(error: ExecFailed, watch: PodWatch, pod: TestPod): Promise<EndOfPod> {
  try {
    return await endOfPod(watch, { ...pod, signal: AbortSignal.any([pod.signal, AbortSignal.timeout(WATCH_LAG_MS)]) })
  } catch {
    pod.signal.throwIfAborted()
    const message = `The runner in the pod cannot be reached: ${error.message}`
    return { type: 'lost', error: new CommitSuiteError('pod_failed', message), pod: undefined }
  }
}
