import type { Outcome } from '../src/contract/index.ts'
import type { RunCompletion } from '../src/executors/executor.ts'

/** What a shell answers when it cannot execute (126) or find (127) a command. */
const NO_COMMAND = new Set([126, 127])

/** How a run ended, in the words of the contract. The first cause wins: a time-out also ends by a signal. */
export function classify(
  completion: Pick<RunCompletion, 'exitCode' | 'signal' | 'timedOut' | 'outOfMemory' | 'outOfDisk'>,
): {
  outcome: Outcome
  reason: string | null
} {
  if (completion.timedOut) return { outcome: 'timed_out', reason: null }
  if (completion.outOfDisk === true) return { outcome: 'crashed', reason: 'disk_limit' }
  if (completion.outOfMemory && completion.exitCode !== 0) return { outcome: 'crashed', reason: 'out_of_memory' }
  if (completion.signal !== null) return { outcome: 'crashed', reason: 'signal' }
  if (completion.exitCode === 0) return { outcome: 'passed', reason: null }
  const unknown = completion.exitCode !== null && NO_COMMAND.has(completion.exitCode)
  return { outcome: 'failed', reason: unknown ? 'command_not_found' : null }
}
