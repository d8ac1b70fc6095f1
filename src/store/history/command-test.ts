import type { Command } from '../../contract/index.ts'
import { storable } from '../tests/normalised-tests.ts'

/** Longer ones are cut: it is a name to read. */
const LONGEST = 500

/** The name that a command has in the history where its runs leave no report of tests. */
export function commandTest(command: Command | undefined): string {
  const text = command === undefined ? '' : 'shell' in command ? command.shell : command.argv.join(' ')
  return storable(`(command) ${text}`.trimEnd()).slice(0, LONGEST)
}
