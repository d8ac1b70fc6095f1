import { split } from 'shlex'
import type { Command } from '../../contract/index.ts'

/** What a shell does not take for the text that it is, quotes and spaces excepted. */
const OPERATORS = /[;&|<>()$`\n*?{}~#!]|\[.*\]/

/**
 * The words of a command that is one call of one program; variables set before it are handed to `env`. Undefined where
 * a shell would do more with it than split it.
 */
export function wordsOf(command: Command): string[] | undefined {
  if ('argv' in command) return command.argv
  if (OPERATORS.test(command.shell)) return undefined
  try {
    const words = split(command.shell)
    return /^[A-Za-z_]\w*=/.test(words[0] ?? '') ? ['env', ...words] : words
  } catch {
    return undefined
  }
}
