import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { quoted } from './shell-text.ts'

/** `once`: one run, then the pod ends. `warm`: a fresh copy for one run after another. `prepare`: set-up commands. */
export type RunnerMode = 'once' | 'warm' | 'prepare'

export const SCRIPTS = [
  ...['runner.sh', 'processes.sh', 'run.sh', 'sizes.sh', 'pump.sh', 'start.sh', 'command.sh', 'attach.sh'],
  ...['state.sh', 'pack.sh'],
] as const
/** Where the scripts lie in a pod, below the root. */
export const RUNNER_FOLDER = 'runner'

export const scriptText = (name: string): string => readFileSync(join(import.meta.dirname, 'scripts', name), 'utf8')

/**
 * The container's command: waits to be delivered. `root` is where the volume is mounted; `shared` are folders of the
 * container's own that runs may write to, emptied between the runs of a warm pod.
 */
export const bootCommand = (root: string, shared: readonly string[]): string[] => {
  const variables = `CS_ROOT=${quoted(root)} CS_SHARED=${quoted(shared.join(' '))}`
  return ['sh', '-c', `${variables}\nexport CS_SHARED\n${scriptText('boot.sh')}`]
}

const inRunner = (root: string, script: string, words: readonly string[] = []): string[] => [
  'sh',
  '-c',
  'CS_ROOT=$1 && export CS_ROOT && shift && exec sh "$CS_ROOT/runner/$0" "$@"',
  script,
  root,
  ...words,
]

/** Unpacks `bytes` bytes of standard input, once, and starts the runner; `deadlineMs` from then on its pod ends itself. */
export const deliverCommand = (root: string, bytes: number, mode: RunnerMode, deadlineMs: number): string[] => [
  'sh',
  '-c',
  `CS_ROOT=${quoted(root)}\n${scriptText('deliver.sh')}`,
  'deliver.sh',
  String(bytes),
  mode,
  String(Math.ceil(deadlineMs / 1000)),
]

export interface Attachment {
  name: string
  /** Bytes received of each stream so far. */
  stdoutOffset: number
  stderrOffset: number
  /** Earlier runs whose results are stored: their files go. */
  collected: readonly string[]
}

/** Asks for a run, or for one that was asked for, and follows it from these offsets; see frames.ts. */
export const attachCommand = (root: string, { name, stdoutOffset, stderrOffset, collected }: Attachment): string[] =>
  inRunner(root, 'attach.sh', [name, String(stdoutOffset), String(stderrOffset), ...collected])

/** Prints what `parseState` reads. */
export const stateCommand = (root: string): string[] => [
  'sh',
  '-c',
  `CS_ROOT=${quoted(root)}\n${scriptText('state.sh')}`,
]

/** Prints the packed tree and HOME. */
export const packCommand = (root: string): string[] => inRunner(root, 'pack.sh')

/** Exit code of `attach.sh` where the pod can take no more runs. */
export const UNHEALTHY = 75

const MOST_FILES = 100

/** Answers the frame `files`, with a hundred names at most. Names with a newline cannot be asked for. */
export function encodeSelection(names: readonly string[]): Uint8Array {
  const askable = names.filter((name) => !name.includes('\n')).slice(0, MOST_FILES)
  return Buffer.from([askable.length, ...askable.map((name) => `./${name}`), ''].join('\n'))
}

export interface RunnerState {
  phase: 'waiting' | 'idle' | 'running' | 'ended' | 'unhealthy'
  /** The run that the phase is about. */
  run: string | null
  /** Runs that have ended and were not collected. */
  ended: string[]
}

const PHASES = ['waiting', 'idle', 'running', 'ended', 'unhealthy'] as const

/** Reads what `state.sh` prints; undefined for anything else. */
export function parseState(printed: string): RunnerState | undefined {
  const [first = '', ...ended] = printed.trim().split('\n')
  const [word = '', run] = first.split(' ')
  const phase = PHASES.find((known) => known === word)
  return phase === undefined ? undefined : { phase, run: run ?? null, ended }
}
