import type { V1Pod } from '@kubernetes/client-node'
import { CommitSuiteError } from '../../../contract/index.ts'
import { inSpan } from '../../../telemetry/spans.ts'
import type { PodWatch } from '../cluster/cluster.ts'
import type { KubernetesHost } from '../host.ts'
import { awaitRunning } from './await-running.ts'
import { createPod, type PodPlace, type StartContext } from './create-pod.ts'
import { podAttributes } from './pod-attributes.ts'
import type { PodState } from './pod-state.ts'

export type StartedPod = { type: 'running'; node: string } | (Extract<PodState, { type: 'ended' }> & { node: string })

/**
 * Makes the pod, or finds it, and waits until its test container runs. One that ended already has run what it was
 * for, or was ended for that. Throws the fault where the pod cannot start or was taken away.
 */
export async function startPod(
  host: KubernetesHost,
  watch: PodWatch,
  place: PodPlace,
  { manifest, container }: { manifest: V1Pod; container: string },
  context: StartContext,
): Promise<StartedPod> {
  await inSpan('pod create', podAttributes(place), () => createPod(host, place, manifest, context))
  const { pod, state } = await inSpan('pod start', podAttributes(place), () =>
    awaitRunning(host, watch, place, container, context),
  )
  if (state.type === 'lost') throw new CommitSuiteError(state.code, state.message)
  const node = pod?.spec?.nodeName ?? ''
  return { ...state, node }
}
