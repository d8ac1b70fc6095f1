import { constants } from 'node:os'
import { CommitSuiteError } from '../../../contract/index.ts'
import type { CollectedFile, RunCompletion } from '../../executor.ts'
import type { RunStatus } from '../in-pod/frames.ts'
import type { Followed } from './follow.ts'

const SIGNAL_NAMES = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]))
const signalName = (number: number | null): string | null =>
  number === null ? null : (SIGNAL_NAMES.get(number) ?? `SIG${number}`)

type Ended = Omit<RunCompletion, 'dispose'>

/** How the run ended, from what its runner said, or else from how its pod ended. Throws where that was a fault. */
export function completionOf(followed: Followed, files: CollectedFile[], node: string): Ended {
  if (followed.type === 'lost') throw followed.error
  const { stdout, stderr, startedAt } = followed
  if (followed.type === 'finished') return { ...statusOf(followed.status), stdout, stderr, files, node }
  const began = startedAt ?? undefined
  // The backstop goes off when neither the runner nor we could act; without a command begun, nothing was tested.
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
    exitCode,
    signal: signalName(signal),
    timedOut,
    outOfMemory: oomKills > 0,
    startedAt: new Date(startedAtMs),
    durationMs: Math.max(0, durationMs),
  }
}
