import type { Command } from '../contract/index.ts'
import type { Shuffling } from './framework.ts'

/** The order stays, whatever is asked for. */
export const cannotShuffle = (why: string): Shuffling => ({ hindrance: async () => why, environment: () => ({}) })

/** The words of a command, as far as patterns look for them. */
export const textOf = (command: Command | undefined): string =>
  command === undefined ? '' : 'shell' in command ? command.shell : command.argv.join(' ')

/** A variable with options that it may hold already, separated by spaces. */
export const withOptions = (given: string | undefined, options: readonly string[]): string =>
  [given, ...options].filter((option) => option).join(' ')
