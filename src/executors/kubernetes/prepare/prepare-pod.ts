import { setTimeout as delay } from 'node:timers/promises'
import { CommitSuiteError } from '../../../contract/index.ts'
import { commitFields } from '../../../telemetry/log-fields.ts'
import type { Preparation, PrepareContext, PrepareRequest } from '../../executor.ts'
import { wasCancelled } from '../../was-cancelled.ts'
import type { PodWatch } from '../cluster/cluster.ts'
import { ExecFailed } from '../cluster/exec/exec-failed.ts'
import type { KubernetesHost } from '../host.ts'
import { packCommand } from '../in-pod/commands.ts'
import type { Lane } from '../lane.ts'
import { ROOT } from '../manifest/own-volumes.ts'
import { testContainer } from '../manifest/test-container.ts'
import { preparePodName } from '../names.ts'
import type { PodPlace } from '../pods/create-pod.ts'
import { deletePod } from '../pods/delete-pod.ts'
import { lanePod } from '../pods/lane-pod.ts'
import { startPod } from '../pods/start-pod.ts'
import { deliver } from '../run/deliver.ts'
import { type EndOfPod, endAfter } from '../run/end-of-pod.ts'
import { type Pack, writePack } from './packs.ts'
import { runSetup } from './set-up.ts'

const BACKSTOP_MS = 30 * 60_000
const MOST_TRIES = 5
const RETRY_MS = 500

interface Packing {
  key: string
  source: Pack
}

/**
 * Runs the set-up of a commit in its prepare pod and packs what that made of the tree and HOME; the pod goes in the
 * end. A pod that an earlier worker or attempt left is gone on with. Returns how the set-up failed, if it did.
 */
export async function packInPod(
  host: KubernetesHost,
  { cluster, namespace }: Lane,
  { key, source }: Packing,
  request: PrepareRequest,
  context: PrepareContext,
): Promise<Extract<Preparation, { ok: false }> | undefined> {
  const place: PodPlace = { cluster, namespace, name: preparePodName(request.suite, request.sha) }
  const watch = cluster.watchPods(namespace)
  try {
    await beginPod(host, watch, place, { key, source }, request, context)
    if (request.setup.length > 0) await context.onSetup?.()
    const failed = await runSetup(host, watch, place, request, context)
    if (failed === undefined) await pack(host, watch, place, key, request, context.signal)
    return failed
  } finally {
    watch.close()
    // The next attempt goes on with it.
    if (!context.signal.aborted || wasCancelled(context.signal)) await removeQuietly(host, place, request)
  }
}

async function removeQuietly(host: KubernetesHost, place: PodPlace, request: PrepareRequest): Promise<void> {
  try {
    await deletePod(place, AbortSignal.timeout(30_000))
  } catch (error) {
    host.log?.warn(
      { ...commitFields(request), err: error, namespace: place.namespace, pod: place.name },
      'a prepare pod is left for its namespace',
    )
  }
}

async function beginPod(
  host: KubernetesHost,
  watch: PodWatch,
  place: PodPlace,
  { key, source }: Packing,
  { suite, sha, template, limits, timeoutMs }: PrepareRequest,
  { signal, onWaiting }: PrepareContext,
): Promise<void> {
  const container = testContainer(template)
  const lifetimeMs = timeoutMs + BACKSTOP_MS
  const manifest = lanePod(host, place, {
    role: 'prepare',
    ...{ suite, sha, template, limits, lifetimeMs },
    purpose: `prepare ${key}`,
  })
  const waiting = { signal, onWaiting: async (reason: string) => await onWaiting?.(reason) }
  const started = await startPod(host, watch, place, { manifest, container }, waiting).catch((error: unknown) => {
    throw asFinal(error)
  })
  if (started.type === 'ended') {
    throw new CommitSuiteError('environment_lost', `The prepare pod ended too early: ${started.message}`)
  }
  const delivered = { pack: source, mode: 'prepare', deadlineMs: lifetimeMs } as const
  const end = await deliver(watch, { place, container, signal }, delivered)
  if (end !== undefined) throw asLoss(end)
}

/** What the pod waited for in vain, for as long as it may, is not waited for ten times more. */
const asFinal = (error: unknown): unknown =>
  error instanceof CommitSuiteError && (error.code === 'unschedulable' || error.code === 'image_unavailable')
    ? new CommitSuiteError('environment_refused', error.message, error.detail, { cause: error })
    : error

/** Streams the packed tree out of the pod; from the beginning where a connection breaks. */
async function pack(
  host: KubernetesHost,
  watch: PodWatch,
  place: PodPlace,
  key: string,
  { template }: PrepareRequest,
  signal: AbortSignal,
): Promise<void> {
  const container = testContainer(template)
  const target = { namespace: place.namespace, pod: place.name, container }
  await writePack(host.places, key, async (file) => {
    for (let tries = 1; ; tries++) {
      await file.truncate(0)
      let at = 0
      try {
        const session = await place.cluster.exec(target, packCommand(ROOT), {
          signal,
          async onStdout(bytes) {
            await file.write(bytes, 0, bytes.byteLength, at)
            at += bytes.byteLength
          },
        })
        const { exitCode, stderr } = await session.ended
        if (exitCode === 0) return
        throw new ExecFailed('lost', `The prepared tree could not be packed (${exitCode}): ${stderr.trim()}`)
      } catch (error) {
        const again = error instanceof ExecFailed && error.kind === 'lost' && tries < MOST_TRIES
        if (!again) throw await lossOf(error, watch, place, container, signal)
      }
      await delay(RETRY_MS, undefined, { signal })
    }
  })
}

async function lossOf(
  error: unknown,
  watch: PodWatch,
  place: PodPlace,
  container: string,
  signal: AbortSignal,
): Promise<unknown> {
  if (!(error instanceof ExecFailed)) return error
  return asLoss(await endAfter(error, watch, { place, container, signal }))
}

const asLoss = (end: EndOfPod): CommitSuiteError =>
  end.type === 'lost'
    ? end.error
    : new CommitSuiteError('environment_lost', `The prepare pod ended too early: ${end.message}`)
