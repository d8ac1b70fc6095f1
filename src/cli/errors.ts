import { CommanderError } from 'commander'
import { CommitSuiteError } from '../contract/errors.ts'
import { type CliContext, note } from './context.ts'
import { EXIT } from './exit-codes.ts'
import { safeLines } from './terminal-safe.ts'

/** Says on stderr what went wrong and returns the exit code for it. */
export function reportError(context: CliContext, error: unknown): number {
  // Commander has said its piece already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.passing : EXIT.usage
  if (error instanceof CommitSuiteError) {
    note(context, `error: ${safeLines(error.message)}`)
    return error.exitCode
  }
  const message = error instanceof Error ? error.message : String(error)
  note(context, `error: internal: ${safeLines(message)}`)
  if (error instanceof Error && context.env.COMMIT_SUITE_LOG_LEVEL === 'debug') {
    note(context, safeLines(error.stack ?? ''))
  }
  return EXIT.inconclusive
}
