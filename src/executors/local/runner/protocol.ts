/** One process tree for the runner to start, own and end. */
export interface RunSpec {
  /** `<suite>/<sha>/<attempt>.<generation>.<try>` or `<suite>/<sha>/setup…`: starting it twice adopts the first. */
  name: string
  argv: [string, ...string[]]
  env: Record<string, string>
  /** Folder of this process tree alone; identity, status and output are written under it. */
  workspace: string
  /** Written by the init of the tree; null where the spawned process itself is the command. */
  statusFile: string | null
  /** Who gets TERM at the time-out: every process below the spawned one, or its group, whose init hands it on. */
  terminate: 'descendants' | 'group'
  timeoutMs: number
  graceMs: number
  outputCapBytes: number
  /** `NAME=value` in the environment of every process of the run, for systems without PID namespaces. */
  marker: string | null
}

export interface StreamSizes {
  totalBytes: number
  headBytes: number
  tailBytes: number
}

/** How a process tree ended. Exactly one of `exitCode`, `signal` and `fault` is not null. */
export interface Ending {
  exitCode: number | null
  signal: string | null
  /** Why it is no result of the command: the init could not set the tree up, or was lost. */
  fault: string | null
  timedOut: boolean
  /** Ended by `kill`, not by itself. */
  killed: boolean
  startedAtMs: number
  durationMs: number
  stdout: StreamSizes
  stderr: StreamSizes
}

export type RunState =
  | { type: 'running'; name: string; workspace: string; startedAtMs: number }
  | { type: 'ended'; name: string; workspace: string; ending: Ending }

/** Worker to runner, one JSON document a line. `id` is repeated in the answer. */
export type RunnerRequest =
  | { type: 'start'; id: number; spec: RunSpec }
  | { type: 'find'; id: number; name: string }
  | { type: 'wait'; id: number; name: string }
  | { type: 'kill'; id: number; name: string }
  /** Ends and forgets every run whose name begins so; answered when their processes are gone. */
  | { type: 'killPrefix'; id: number; prefix: string }
  | { type: 'dispose'; id: number; name: string }
  | { type: 'list'; id: number; prefix: string }
  | { type: 'shutdown'; id: number }

export type RunnerAnswer =
  | { type: 'state'; id: number; state: RunState | null }
  | { type: 'list'; id: number; states: RunState[] }
  | { type: 'done'; id: number; count: number }
  | { type: 'refused'; id: number; message: string }

/** Files under a workspace that runner and worker share. */
export const WORKSPACE_FILES = {
  identity: 'process.json',
  head: (stream: 'stdout' | 'stderr') => `${stream}.head`,
  tail: (stream: 'stdout' | 'stderr') => `${stream}.tail`,
} as const

/** Bytes kept of the beginning of a stream; the rest of the cap is for its end. */
export const headCapacity = (capBytes: number): number => Math.ceil(capBytes / 2)
export const tailCapacity = (capBytes: number): number => capBytes - headCapacity(capBytes)
