import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node'
import type { ErrorCode } from '../../../contract/index.ts'
import { lossOf } from './pod-loss.ts'

/** `told_to_end`: by a signal to the first process, which the kubelet sends, and any process of the pod may send. */
export type EndCause = 'out_of_memory' | 'out_of_disk' | 'deadline' | 'told_to_end' | 'exit'

/** What a pod's status means for the run in it. */
export type PodState =
  /** Not begun; `code` is what it becomes if it waits for too long, `final` where waiting cannot help. */
  | { type: 'waiting'; code: ErrorCode; reason: string; final: boolean }
  | { type: 'running' }
  /** The test container ended or was ended for what the run itself did. */
  | { type: 'ended'; cause: EndCause; message: string }
  /** Taken away by the cluster or by people: never the test's fault. */
  | { type: 'lost'; code: ErrorCode; message: string }

/**
 * How the first process ends when TERM or INT tells it to. A node that went down leaves other codes.
 * MAINTENANCE: the traps of in-pod/scripts/boot.sh and runner.sh.
 */
const TOLD_TO_END: ReadonlySet<number | undefined> = new Set([143, 130])

/** Reasons of a waiting container that no later attempt of the kubelet can mend. */
const HOPELESS = new Set(['InvalidImageName', 'ErrImageNeverPull', 'CreateContainerConfigError'])
const IMAGE_REASONS = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
])

/**
 * Reads the status of a pod whose test container is called `container`. The container's own state counts, not the
 * phase: it is known a second earlier, and the phase Running is never seen for short pods.
 */
export function podState(pod: V1Pod | undefined, container: string): PodState {
  const loss = lossOf(pod)
  if (loss !== undefined) return loss
  const status = pod?.status?.containerStatuses?.find(({ name }) => name === container)
  if (status?.state?.terminated !== undefined) return endOf(status, pod)
  if (status?.state?.running !== undefined) return { type: 'running' }
  return pod === undefined ? { type: 'lost', code: 'pod_deleted', message: 'The pod is gone.' } : waitingFor(pod)
}

function endOf({ state }: V1ContainerStatus, pod: V1Pod | undefined): PodState {
  const { reason = '', exitCode, message } = state?.terminated ?? {}
  if (reason === 'OOMKilled') return { type: 'ended', cause: 'out_of_memory', message: 'OOMKilled' }
  if (reason === 'ContainerStatusUnknown') {
    return { type: 'lost', code: 'node_lost', message: message ?? 'The node no longer knows the container.' }
  }
  if (reason === 'StartError' || reason === 'ContainerCannotRun') {
    return { type: 'lost', code: 'pod_failed', message: `${reason}: ${message ?? 'the container did not start'}` }
  }
  // Why it ended may still come: an eviction ends the container first and says so a moment later, with the phase.
  if (!['Failed', 'Succeeded'].includes(pod?.status?.phase ?? '')) {
    return { type: 'waiting', code: 'pod_failed', reason: 'the pod is ending', final: false }
  }
  const cause = TOLD_TO_END.has(exitCode) ? 'told_to_end' : 'exit'
  return { type: 'ended', cause, message: `${reason} with exit code ${exitCode}` }
}

function waitingFor(pod: V1Pod): PodState {
  const scheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled')
  if (scheduled?.status === 'False') {
    return { type: 'waiting', code: 'unschedulable', reason: scheduled.message ?? 'not scheduled yet', final: false }
  }
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  const failedInit = pod.status?.initContainerStatuses?.find(({ state }) => (state?.terminated?.exitCode ?? 0) !== 0)
  if (failedInit !== undefined) {
    const message = `init container ${failedInit.name} exited with ${failedInit.state?.terminated?.exitCode}`
    return { type: 'lost', code: 'pod_failed', message }
  }
  const waiting = statuses
    .map(({ state }) => state?.waiting)
    .find((state) => state?.reason !== undefined && !['ContainerCreating', 'PodInitializing'].includes(state.reason))
  if (waiting?.reason === undefined) {
    return { type: 'waiting', code: 'pod_failed', reason: 'the pod is starting', final: false }
  }
  const reason = [waiting.reason, waiting.message].filter((part) => part !== undefined).join(': ')
  const code = IMAGE_REASONS.has(waiting.reason) ? 'image_unavailable' : 'pod_failed'
  return { type: 'waiting', code, reason, final: HOPELESS.has(waiting.reason) }
}
