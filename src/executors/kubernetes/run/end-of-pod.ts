import type { V1Pod } from '@kubernetes/client-node'
import { CommitSuiteError } from '../../../contract/index.ts'
import type { PodWatch } from '../cluster/cluster.ts'
import type { ExecFailed } from '../cluster/exec/exec-failed.ts'
import type { PodPlace } from '../pods/create-pod.ts'
import type { LostPod } from '../pods/pod-loss.ts'
import { type EndCause, podState } from '../pods/pod-state.ts'
import { whyExited } from './why-exited.ts'

export interface TestPod {
  place: PodPlace
  container: string
  signal: AbortSignal
}

export type EndOfPod =
  /** For what the run itself did. */
  { type: 'pod ended'; cause: EndCause; message: string } | { type: 'lost'; error: CommitSuiteError }

/** After a command found no pod, the watch learns of it within this time. */
const WATCH_LAG_MS = 20_000

/** Waits until the pod's test container has ended or the pod was taken away. */
export async function endOfPod(watch: PodWatch, { place, container, signal }: TestPod): Promise<EndOfPod> {
  const pick = (pod: V1Pod | undefined): { state: LostPod; pod: V1Pod | undefined } | undefined => {
    const state = podState(pod, container)
    return state.type === 'ended' || state.type === 'lost' ? { state, pod } : undefined
  }
  const { state, pod } = await watch.until(place.name, pick, signal)
  return asEnd(isUnexplained(state) ? ((await whyExited(watch, place, pod, signal)) ?? state) : state)
}

const isUnexplained = (state: LostPod): boolean =>
  state.type === 'ended' && (state.cause === 'exit' || state.cause === 'told_to_end')

const asEnd = (state: LostPod): EndOfPod =>
  state.type === 'ended'
    ? { type: 'pod ended', cause: state.cause, message: state.message }
    : { type: 'lost', error: new CommitSuiteError(state.code, state.message) }

/** Why a command in the pod could not be started for good: the pod's own state says it, as soon as it is known. */
export async function endAfter(error: ExecFailed, watch: PodWatch, pod: TestPod): Promise<EndOfPod> {
  try {
    return await endOfPod(watch, { ...pod, signal: AbortSignal.any([pod.signal, AbortSignal.timeout(WATCH_LAG_MS)]) })
  } catch {
    pod.signal.throwIfAborted()
    const message = `The runner in the pod cannot be reached: ${error.message}`
    return { type: 'lost', error: new CommitSuiteError('pod_failed', message) }
  }
}
