import type { Command } from '../../contract/index.ts'
import { findProgram } from './programs.ts'

/** A command as an argument vector: a line goes to `bash -c`, to `sh -c` where there is no bash. */
export async function commandLine(command: Command): Promise<[string, ...string[]]> {
  if ('shell' in command) return [(await findProgram('bash')) ?? '/bin/sh', '-c', command.shell]
  const [file = '', ...args] = command.argv
  return [file, ...args]
}

/** A command in one line, for messages. */
export const describeCommand = (command: Command): string =>
  'shell' in command ? command.shell : command.argv.join(' ')
