import { CommitSuiteError } from '../../../contract/index.ts'
import type { CollectedFile, RunCompletion } from '../../executor.ts'
import { endFromCode, signalName } from '../../exit-or-signal.ts'
import type { RunStatus } from '../in-pod/frames.ts'
import type { Followed } from './follow.ts'

type Ended = Omit<RunCompletion, 'dispose'>

/** How the run ended, from what its runner said, or else from how its pod ended. Throws where that was a fault. */
export function completionOf(followed: Followed, files: CollectedFile[], node: string): Ended {
  if (followed.type === 'lost') throw followed.error
  const { stdout, stderr, startedAt } = followed
  if (followed.type === 'finished') return { ...statusOf(followed.status), stdout, stderr, files, node }
  const began = startedAt ?? undefined
  // The backstop goes off when neither the runner nor we could act; without a command begun, nothing was tested. What
  // told the runner to end was no kubelet, as that says why: it was the run.
  if (followed.cause === 'exit' || began === undefined) {
    throw new CommitSuiteError('pod_failed', `The pod ended before its run did: ${followed.message}`)
  }
  return {
    exitCode: null,
    signal: 'SIGKILL',
    timedOut: followed.cause === 'deadline',
    outOfMemory: followed.cause === 'out_of_memory',
    outOfDisk: followed.cause === 'out_of_disk',
    startedAt: began,
    durationMs: Date.now() - began.getTime(),
    stdout,
    stderr,
    files: [],
    node,
  }
}

function statusOf({ exitCode, signal, timedOut, oomKills, startedAtMs, durationMs }: RunStatus) {
  return {
    ...endOf(exitCode, signal),
    timedOut,
    outOfMemory: oomKills > 0,
    startedAt: new Date(startedAtMs),
    durationMs: Math.max(0, durationMs),
  }
}

function endOf(exitCode: number | null, signal: number | null): Pick<RunCompletion, 'exitCode' | 'signal'> {
  if (exitCode === null) return { exitCode, signal: signalName(signal ?? 0) }
  const end = endFromCode(exitCode)
  return end.type === 'exit' ? { exitCode, signal: null } : { exitCode: null, signal: end.signal }
}
