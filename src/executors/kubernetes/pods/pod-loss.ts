import type { V1Pod } from '@kubernetes/client-node'
import type { ErrorCode } from '../../../contract/index.ts'
import type { PodState } from './pod-state.ts'

/** Reasons of the condition DisruptionTarget: who took the pod away. */
const DISRUPTIONS: Record<string, ErrorCode> = {
  PreemptionByScheduler: 'pod_preempted',
  DeletionByTaintManager: 'node_lost',
  DeletionByPodGC: 'node_lost',
  EvictionByEvictionAPI: 'pod_evicted',
  TerminationByKubelet: 'pod_evicted',
}

/** Reasons of a failed pod. */
const FAILURES: Record<string, ErrorCode> = {
  Preempting: 'pod_preempted',
  Preempted: 'pod_preempted',
  NodeLost: 'node_lost',
  NodeShutdown: 'node_lost',
  Shutdown: 'node_lost',
  Terminated: 'node_lost',
  NodeAffinity: 'unschedulable',
  UnexpectedAdmissionError: 'unschedulable',
  OutOfcpu: 'unschedulable',
  OutOfmemory: 'unschedulable',
  OutOfpods: 'unschedulable',
  'OutOfephemeral-storage': 'unschedulable',
}

/** What the kubelet says when the pod itself used more disk than it may; node pressure is worded otherwise. */
const OWN_DISK = /exceeds the (total )?limit|exceeded its local ephemeral storage limit/i

export type LostPod = Exclude<PodState, { type: 'waiting' | 'running' }>

/** What an eviction was for, by the kubelet's message: the pod's own use of disk, or a shortage of the node's. */
export function evictionOf(message: string): LostPod {
  if (OWN_DISK.test(message)) return { type: 'ended', cause: 'out_of_disk', message }
  return { type: 'lost', code: 'pod_evicted', message: said('Evicted', message) }
}

/** How a pod was ended from outside, or by its own use of disk or time; undefined where it was not. */
export function lossOf(pod: V1Pod | undefined): LostPod | undefined {
  if (pod === undefined) return { type: 'lost', code: 'pod_deleted', message: 'The pod was deleted.' }
  const { reason = '', message = '', conditions = [] } = pod.status ?? {}
  if (reason === 'Evicted') return evictionOf(message)
  if (reason === 'DeadlineExceeded') return { type: 'ended', cause: 'deadline', message }
  const failure = FAILURES[reason]
  if (failure !== undefined) return { type: 'lost', code: failure, message: said(reason, message) }
  const disrupted = conditions.find(({ type, status }) => type === 'DisruptionTarget' && status === 'True')
  if (disrupted !== undefined && pod.metadata?.deletionTimestamp !== undefined) {
    const code = DISRUPTIONS[disrupted.reason ?? ''] ?? 'pod_evicted'
    return { type: 'lost', code, message: said(disrupted.reason ?? 'disrupted', disrupted.message ?? '') }
  }
  if (pod.metadata?.deletionTimestamp !== undefined) {
    return { type: 'lost', code: 'pod_deleted', message: 'Somebody deleted the pod.' }
  }
  return undefined
}

const said = (reason: string, message: string): string => (message === '' ? reason : `${reason}: ${message}`)
