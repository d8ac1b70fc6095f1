import type { V1Pod } from '@kubernetes/client-node'
import type { CommitSuiteError } from '../../../contract/index.ts'
import type { RunContext, StreamName } from '../../executor.ts'
import type { PodPlace } from '../pods/create-pod.ts'
import { gatherForensics } from '../pods/forensics.ts'
import type { Followed } from './follow.ts'

export interface KnownOfLoss {
  /** Undefined where the run was not reached. */
  followed: Followed | undefined
  lastSeen: V1Pod | undefined
}

/** Hands over what is known of a run that was lost, before its pod goes. */
export async function reportLoss(
  place: PodPlace,
  error: CommitSuiteError,
  { followed, lastSeen }: KnownOfLoss,
  context: RunContext,
): Promise<void> {
  if (context.onForensics === undefined || context.signal.aborted || !error.retryable) return
  const lastOutput = { stdout: endOf(followed, 'stdout'), stderr: endOf(followed, 'stderr') }
  await context.onForensics(await gatherForensics(place, error, lastSeen, lastOutput))
}

/** The end that the runner kept; of a run that goes on what it said last, or else what was passed on live. */
function endOf(followed: Followed | undefined, stream: StreamName): Uint8Array {
  if (followed === undefined) return new Uint8Array()
  const { [stream]: captured, recent } = followed
  const last = recent?.[stream] ?? new Uint8Array()
  return last.byteLength > 0 ? last : Buffer.concat([captured.head, captured.tail])
}
