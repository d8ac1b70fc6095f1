import type { Command } from '../../../contract/index.ts'
import { asOneLine, quoted } from './shell-text.ts'

/** A command for the runner in a pod; environment and command reach it by standard input only. */
export interface PodRunRequest {
  command: Command
  /** Relative to the tree. */
  workdir: string
  /** With the values of secrets. What the image sets stays where this is silent. */
  env: Record<string, string>
  /** From the command's start to TERM; KILL follows `graceMs` later. */
  timeoutMs: number
  graceMs: number
  /** Of each stream; half for its beginning, half for its end. */
  outputCapBytes: number
  /** Whether files that the run writes may be asked for. */
  files: boolean
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3)

/** The line that `attach.sh` reads: a shell file of ours in the escapes of printf. */
export function encodeRequest(request: PodRunRequest): Uint8Array {
  const { workdir, timeoutMs, graceMs, outputCapBytes, files } = request
  const text = [
    `cs_timeout=${seconds(timeoutMs)}`,
    `cs_kill=${seconds(timeoutMs + graceMs)}`,
    `cs_half=${Math.floor(outputCapBytes / 2)}`,
    `cs_files=${files ? 1 : 0}`,
    `cs_workdir=${quoted(workdir)}`,
    'cs_exec() {',
    ...becomeCommand(request),
    '}',
    '',
  ].join('\n')
  return Buffer.from(`${asOneLine(text)}\n`)
}

/** HOME and TMPDIR are the run's own; programs that a set-up installed for its user come first. */
function becomeCommand({ command, env }: PodRunRequest): string[] {
  return [
    'export HOME="$CS_ROOT/home" TMPDIR="$CS_ROOT/tmp" TERM=dumb LANG="${LANG:-C.UTF-8}"',
    'export PATH="$HOME/.local/bin:$PATH"',
    ...Object.entries(env).map(([name, value]) => `export ${name}=${quoted(value)}`),
    'cd "$CS_ROOT/tree/$cs_workdir" || exit 126',
    'unset CS_ROOT CS_SHARED',
    ...('argv' in command ? [`exec ${command.argv.map(quoted).join(' ')}`] : inShell(command.shell)),
  ]
}

const inShell = (line: string): string[] => [
  `if command -v bash >/dev/null; then exec bash -c ${quoted(line)}; fi`,
  `exec sh -c ${quoted(line)}`,
]
