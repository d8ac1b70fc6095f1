import type { V1Pod } from '@kubernetes/client-node'
import { CommitSuiteError } from '../../../contract/index.ts'
import { requestFields } from '../../../telemetry/log-fields.ts'
import { inSpan } from '../../../telemetry/spans.ts'
import type { RunCompletion, RunContext, RunRequest } from '../../executor.ts'
import type { PodWatch } from '../cluster/cluster.ts'
import type { KubernetesHost } from '../host.ts'
import type { Lane } from '../lane.ts'
import { testContainer } from '../manifest/test-container.ts'
import { KEYS, runName, tryLabel } from '../names.ts'
import type { PodPlace } from '../pods/create-pod.ts'
import { deleteCancelledPod, deleteRunPod } from '../pods/delete-runs.ts'
import { lanePod } from '../pods/lane-pod.ts'
import { rememberPod } from '../pods/last-seen.ts'
import { podAttributes } from '../pods/pod-attributes.ts'
import { startPod } from '../pods/start-pod.ts'
import type { Pack } from '../prepare/packs.ts'
import { completionOf } from './completion.ts'
import { deliver } from './deliver.ts'
import type { EndOfPod } from './end-of-pod.ts'
import type { Followed } from './follow.ts'
import { followRun, forgetFiles } from './follow-run.ts'
import { isDone } from './is-done.ts'
import { reportLoss } from './report-loss.ts'

/** Of the pod's life, beyond the run itself: waiting for a node and an image, unpacking, collecting. */
const BACKSTOP_MS = 30 * 60_000
const NOTHING = { totalBytes: 0, droppedBytes: 0, head: new Uint8Array(), tail: new Uint8Array() }
const NOT_BEGUN = { startedAt: null, stdout: NOTHING, stderr: NOTHING }

/**
 * A run in a pod of its own, named after the run and its try: whoever asks again finds the pod that is there. The pod
 * goes when the run is disposed of, was cancelled, or was lost.
 */
export async function runInFreshPod(
  host: KubernetesHost,
  { cluster, namespace }: Lane,
  pack: Pack,
  request: RunRequest,
  context: RunContext,
): Promise<RunCompletion> {
  const place: PodPlace = { cluster, namespace, name: runName(request.key, request.try) }
  const { watch, lastSeen } = rememberPod(cluster.watchPods(namespace), place.name)
  let followed: Followed | undefined
  try {
    const { node, end } = await readyPod(host, watch, place, { pack, request }, context)
    const run =
      end === undefined
        ? await followRun(host, watch, { place, node, collected: [] }, request, context)
        : { followed: { ...NOT_BEGUN, ...end }, files: [], leftOut: [] }
    followed = run.followed
    return {
      ...completionOf(followed, run.files, node),
      leftOut: run.leftOut,
      dispose: () => forgetFreshPod(host, { cluster, namespace }, request),
    }
  } catch (error) {
    if (isDone(error, context.signal)) {
      if (error instanceof CommitSuiteError) await reportLoss(place, error, { followed, lastSeen: lastSeen() }, context)
      await removeQuietly(host, place, request, context.signal.aborted ? deleteCancelledPod : deleteRunPod)
    }
    throw error
  } finally {
    watch.close()
  }
}

/** Gives back what a run has left whose result is stored. */
export async function forgetFreshPod(
  host: KubernetesHost,
  { cluster, namespace }: Lane,
  request: RunRequest,
): Promise<void> {
  await forgetFiles(host, request)
  await deleteRunPod({ cluster, namespace, name: runName(request.key, request.try) }, request)
}

async function removeQuietly(
  host: KubernetesHost,
  place: PodPlace,
  request: RunRequest,
  remove: typeof deleteRunPod,
): Promise<void> {
  try {
    await remove(place, request, AbortSignal.timeout(30_000))
  } catch (error) {
    const about = { ...requestFields(request), namespace: place.namespace, pod: place.name }
    host.log?.warn({ ...about, err: error }, 'a pod is left for its namespace')
  }
}

/** The pod with the tree in it, or its end before that. Throws what stands in the way of a pod. */
async function readyPod(
  host: KubernetesHost,
  watch: PodWatch,
  place: PodPlace,
  { pack, request }: { pack: Pack; request: RunRequest },
  context: RunContext,
): Promise<{ node: string; end: EndOfPod | undefined }> {
  const { signal } = context
  const container = testContainer(request.template)
  const onWaiting = async (reason: string) => await context.onWaiting?.(reason)
  const manifest = manifestOf(host, place, request)
  const started = await startPod(host, watch, place, { manifest, container }, { signal, onWaiting })
  const { node } = started
  if (started.type === 'ended') {
    return { node, end: { type: 'pod ended', cause: started.cause, message: started.message } }
  }
  const deadlineMs = request.timeoutMs + request.graceMs + BACKSTOP_MS
  const end = await inSpan('pod deliver', podAttributes(place), () =>
    deliver(watch, { place, container, signal }, { pack, mode: 'once', deadlineMs }),
  )
  return { node, end }
}

function manifestOf(host: KubernetesHost, { cluster, namespace, name }: PodPlace, request: RunRequest): V1Pod {
  const { key, try: nth, template, limits, timeoutMs, graceMs } = request
  return lanePod(
    host,
    { cluster, namespace, name },
    {
      role: 'run',
      suite: key.suite,
      sha: key.sha,
      purpose: name,
      template,
      limits,
      lifetimeMs: timeoutMs + graceMs + BACKSTOP_MS,
      labels: { [KEYS.attempt]: String(key.attempt), [KEYS.try]: tryLabel(key, nth) },
    },
  )
}
