import type { CommitSuiteError } from '../../../contract/index.ts'
import type { RunContext } from '../../executor.ts'
import type { PodPlace } from '../pods/create-pod.ts'
import { gatherForensics } from '../pods/forensics.ts'
import type { Followed } from './follow.ts'

const NO_OUTPUT = { stdout: new Uint8Array(), stderr: new Uint8Array() }

/** Hands over what is known of a run that was lost, before its pod goes. */
export async function reportLoss(
  place: PodPlace,
  error: CommitSuiteError,
  followed: Followed | undefined,
  context: RunContext,
): Promise<void> {
  if (context.onForensics === undefined || context.signal.aborted || !error.retryable) return
  const output = followed === undefined ? NO_OUTPUT : { stdout: followed.stdout.head, stderr: followed.stderr.head }
  const known = followed === undefined || followed.type === 'finished' ? undefined : followed.pod
  await context.onForensics(await gatherForensics(place, error, known, output))
}
