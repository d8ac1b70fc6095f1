import { setTimeout as delay } from 'node:timers/promises'
import type { V1Pod } from '@kubernetes/client-node'
import { CommitSuiteError } from '../../../contract/index.ts'
import type { CapturedStream, OutputChunk, StreamName } from '../../executor.ts'
import { Capture } from '../capture.ts'
import type { ExecTarget, PodWatch } from '../cluster/cluster.ts'
import { ExecFailed } from '../cluster/exec/exec-failed.ts'
import type { RunStatus } from '../in-pod/frames.ts'
import type { PodPlace } from '../pods/create-pod.ts'
import { type PodState, podState } from '../pods/pod-state.ts'
import { attachOnce } from './attach.ts'

export interface FollowRequest {
  place: PodPlace
  container: string
  /** Of the run within its pod: whoever asks again by this name gets the same run. */
  name: string
  /** What is to run, as the runner reads it. */
  request: Uint8Array
  signal: AbortSignal
}

export interface FollowHandlers {
  onStarted(startedAt: Date): Promise<void>
  onOutput(chunk: OutputChunk): Promise<void>
  /** Which of the files that the run wrote are to be kept; names relative to the working directory. */
  selectFiles(files: readonly { name: string; sizeBytes: number }[]): readonly string[]
  /** The files selected, as one tar archive; called again from its beginning where a connection was lost. */
  onArchive(bytes: Uint8Array): Promise<void>
}

export type Followed = {
  stdout: CapturedStream
  stderr: CapturedStream
  startedAt: Date | null
} & (
  | { type: 'finished'; status: RunStatus }
  /** The pod ended first, for what the run itself did. */
  | { type: 'pod ended'; state: Extract<PodState, { type: 'ended' }>; pod: V1Pod | undefined }
  | { type: 'lost'; error: CommitSuiteError; pod: V1Pod | undefined }
)

const FIRST_RETRY_MS = 50
const LONGEST_RETRY_MS = 2_000
/** After a command could not be started because its pod is gone, the watch learns of it within this time. */
const WATCH_LAG_MS = 20_000

/**
 * Has the runner of a pod run something, or finds that it does already, and follows it to its end over as many
 * connections as it takes: each goes on at the byte where the one before broke off.
 */
export async function follow(watch: PodWatch, request: FollowRequest, handlers: FollowHandlers): Promise<Followed> {
  const { place, container, signal } = request
  const capture = { stdout: new Capture('stdout'), stderr: new Capture('stderr') }
  const seen: { startedAt: Date | null } = { startedAt: null }
  const over = new AbortController()
  const together = AbortSignal.any([signal, over.signal])
  const ending = endOfPod(watch, place.name, container, together)
  ending.catch(() => undefined)
  const following = reconnecting(request, { ...handlers, capture, seen, signal: together })
  following.catch(() => undefined)
  try {
    const first = await Promise.race([following, ending])
    if ('status' in first) {
      const { status, tails } = first
      return {
        type: 'finished',
        status,
        startedAt: seen.startedAt ?? new Date(status.startedAtMs),
        stdout: capture.stdout.finish(status.stdout.totalBytes, tails.stdout),
        stderr: capture.stderr.finish(status.stderr.totalBytes, tails.stderr),
      }
    }
    return { ...soFar(capture, seen), ...ended(first.state, first.pod) }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof ExecFailed)) throw error
    return { ...soFar(capture, seen), ...(await afterExecFailed(watch, request, error)) }
  } finally {
    over.abort()
  }
}

type Captures = Record<StreamName, Capture>

const soFar = (capture: Captures, seen: { startedAt: Date | null }) => ({
  startedAt: seen.startedAt,
  stdout: capture.stdout.finish(capture.stdout.offset, new Uint8Array()),
  stderr: capture.stderr.finish(capture.stderr.offset, new Uint8Array()),
})

function ended(state: Exclude<PodState, { type: 'waiting' | 'running' }>, pod: V1Pod | undefined) {
  if (state.type === 'ended') return { type: 'pod ended', state, pod } as const
  return { type: 'lost', error: new CommitSuiteError(state.code, state.message), pod } as const
}

const endOfPod = (watch: PodWatch, name: string, container: string, signal: AbortSignal) =>
  watch.until(
    name,
    (pod) => {
      const state = podState(pod, container)
      return state.type === 'ended' || state.type === 'lost' ? { state, pod } : undefined
    },
    signal,
  )

/** The command could not be started for good: the pod's own state says why, as soon as it is known. */
async function afterExecFailed(watch: PodWatch, { place, container, signal }: FollowRequest, error: ExecFailed) {
  const soon = AbortSignal.any([signal, AbortSignal.timeout(WATCH_LAG_MS)])
  try {
    const { state, pod } = await endOfPod(watch, place.name, container, soon)
    return ended(state, pod)
  } catch {
    signal.throwIfAborted()
    const message = `The runner in the pod cannot be reached: ${error.message}`
    return { type: 'lost', error: new CommitSuiteError('pod_failed', message), pod: undefined } as const
  }
}

async function reconnecting(
  { place, container, name, request }: FollowRequest,
  to: FollowHandlers & { capture: Captures; seen: { startedAt: Date | null }; signal: AbortSignal },
) {
  const target: ExecTarget = { namespace: place.namespace, pod: place.name, container }
  for (let waitMs = FIRST_RETRY_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_RETRY_MS)) {
    const received = to.capture.stdout.offset + to.capture.stderr.offset
    try {
      return await attachOnce(place.cluster, target, { name, request }, to)
    } catch (error) {
      if (!(error instanceof ExecFailed) || error.kind !== 'lost') throw error
    }
    if (to.capture.stdout.offset + to.capture.stderr.offset > received) waitMs = FIRST_RETRY_MS
    await delay(waitMs, undefined, { signal: to.signal })
  }
}
