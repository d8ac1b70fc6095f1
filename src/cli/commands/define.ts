import type { Command } from 'commander'
import type { CliContext } from '../context.ts'

/** Adds one command to the program; `done` takes the exit code of what it did. */
export type DefineCommand = (program: Command, context: CliContext, done: (exitCode: number) => void) => void
