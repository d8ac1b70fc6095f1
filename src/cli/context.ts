import type { ReadStream } from 'node:tty'
import { inert } from '../report/github/workflow-command.ts'
import type { Services } from './services.ts'

/** Where text goes: a terminal when `isTTY`, else a file or pipe. */
export type Output = NodeJS.WritableStream & {
  isTTY?: boolean | undefined
  columns?: number | undefined
  rows?: number | undefined
}

export type Signal = 'SIGINT' | 'SIGTERM'

/** Everything a command touches outside itself, so that tests can watch it. */
export interface CliContext {
  stdin: NodeJS.ReadableStream & Pick<Partial<ReadStream>, 'isTTY'>
  stdout: Output
  stderr: Output
  env: NodeJS.ProcessEnv
  cwd: string
  services: Services
  /** Calls `listener` on every signal of the kind until the returned function is called. */
  onSignal(signal: Signal, listener: () => void): () => void
  /** Ends the process at once, for a second Ctrl-C. */
  forceExit(code: number): void
  now(): number
}

/** Prints a line for people: help, warnings, progress, advice. */
export function note(context: CliContext, line: string): void {
  context.stderr.write(`${shown(context, line)}\n`)
}

/** Prints a line of the result. */
export function print(context: CliContext, line: string): void {
  context.stdout.write(`${shown(context, line)}\n`)
}

/** True in a job of GitHub Actions, whose log is read for commands. */
export const inGithubActions = ({ env }: Pick<CliContext, 'env'>): boolean => env.GITHUB_ACTIONS === 'true'

const shown = (context: CliContext, line: string): string => (inGithubActions(context) ? inert(line) : line)

/** Colour only on a terminal that wants it: `NO_COLOR` (any value) and `TERM=dumb` turn it off. */
export function wantsColor(context: CliContext, output: Output): boolean {
  if ((context.env.NO_COLOR ?? '') !== '' || context.env.TERM === 'dumb') return false
  return output.isTTY === true
}

/** Whether a picture can be redrawn in place on stderr; build servers get plain lines even where they fake a terminal. */
export function isLive(context: CliContext): boolean {
  const { CI, TERM } = context.env
  const inBuild = CI !== undefined && CI !== '' && CI !== 'false' && CI !== '0'
  return context.stderr.isTTY === true && !inBuild && TERM !== 'dumb'
}
