import { setTimeout as delay } from 'node:timers/promises'
import { CommitSuiteError } from '../../../contract/index.ts'
import type { CapturedStream, OutputChunk, StreamName } from '../../executor.ts'
import { Capture } from '../capture.ts'
import type { ExecTarget, PodWatch } from '../cluster/cluster.ts'
import { ExecFailed } from '../cluster/exec/exec-failed.ts'
import type { RunStatus } from '../in-pod/frames.ts'
import { type AttachRequest, type AttachState, asFault, attachOnce } from './attach.ts'
import { type EndOfPod, endAfter, endOfPod, type TestPod } from './end-of-pod.ts'
import { ExecPatience } from './exec-patience.ts'

export interface FollowRequest extends AttachRequest, TestPod {
  /** The runner ends the run by itself before; one that does not answer for so long is lost. */
  withinMs: number
}

export interface FollowHandlers {
  onStarted(startedAt: Date): Promise<void>
  onOutput(chunk: OutputChunk): Promise<void>
  /** Which of the files that the run wrote are to be kept; names relative to the working directory. */
  selectFiles(names: readonly string[]): readonly string[]
  /** The files selected, as one tar archive; again where a connection was lost. */
  onArchive(bytes: Uint8Array): Promise<void>
}

export type Followed = {
  stdout: CapturedStream
  stderr: CapturedStream
  startedAt: Date | null
  /** Of a run that did not end: what it printed last, where `stdout` and `stderr` do not go so far. */
  recent?: Record<StreamName, Uint8Array>
} & ({ type: 'finished'; status: RunStatus } | EndOfPod)

const FIRST_RETRY_MS = 50
const LONGEST_RETRY_MS = 2_000

/**
 * Has the runner of a pod run something, or finds that it does already, and follows it to its end over as many
 * connections as it takes: each goes on at the byte where the one before broke off. Throws `PodUnhealthy` where the
 * pod takes no more runs.
 */
export async function follow(watch: PodWatch, request: FollowRequest, handlers: FollowHandlers): Promise<Followed> {
  const { signal } = request
  const over = new AbortController()
  const together = AbortSignal.any([signal, over.signal])
  const capture = { stdout: new Capture('stdout'), stderr: new Capture('stderr') }
  const recent = { stdout: new Uint8Array(), stderr: new Uint8Array() }
  const state: AttachState = { capture, startedAt: null, recent, signal: together }
  const following = reconnecting(request, state, handlers)
  const ending = endOfPod(watch, { ...request, signal: together })
  const overdue = noEnd(request.withinMs, together)
  for (const either of [following, ending, overdue]) either.catch(() => undefined)
  try {
    const first = await Promise.race([following, ending, overdue])
    if ('type' in first) return { ...soFar(state), ...first }
    const { status, tails } = first
    return {
      type: 'finished',
      status,
      startedAt: state.startedAt ?? new Date(status.startedAtMs),
      stdout: capture.stdout.finish(status.stdout.totalBytes, tails.stdout),
      stderr: capture.stderr.finish(status.stderr.totalBytes, tails.stderr),
    }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof ExecFailed)) throw asFault(error)
    return { ...soFar(state), ...(await endAfter(error, watch, request)) }
  } finally {
    over.abort()
  }
}

/** A connection that lives says nothing of the runner behind it. */
async function noEnd(withinMs: number, signal: AbortSignal): Promise<EndOfPod> {
  await delay(withinMs, undefined, { signal })
  const message = `The runner in the pod did not end the run within ${Math.round(withinMs / 1000)} s.`
  return { type: 'lost', error: new CommitSuiteError('pod_failed', message) }
}

const soFar = ({ capture, startedAt, recent }: AttachState) => ({
  startedAt,
  recent,
  stdout: capture.stdout.finish(capture.stdout.offset, new Uint8Array()),
  stderr: capture.stderr.finish(capture.stderr.offset, new Uint8Array()),
})

async function reconnecting(request: FollowRequest, state: AttachState, handlers: FollowHandlers) {
  const { place, container, withinMs } = request
  const target: ExecTarget = { namespace: place.namespace, pod: place.name, container }
  const patience = new ExecPatience(withinMs)
  for (let waitMs = FIRST_RETRY_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_RETRY_MS)) {
    try {
      return await attachOnce(place.cluster, target, request, { state, handlers })
    } catch (error) {
      if (!patience.again(error)) throw error
    }
    await delay(waitMs, undefined, { signal: state.signal })
  }
}
