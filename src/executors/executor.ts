import type { ClusterRef, Command, ExecutorName, Isolation, RunKey, RunLimits, SessionRef } from '../contract/index.ts'
import type { Template } from '../frameworks/templates.ts'

/** Values of secret variables where runs happen; they exist in memory only. */
export interface SecretSource {
  /** Undefined where the variable is not set for this suite. */
  valueOf(suite: string, name: string): string | undefined
}

/**
 * Where and how runs happen. One executor serves all suites of a host; every call may come again after a
 * crash with the same arguments and must then adopt what exists instead of making it twice.
 * Faults of the infrastructure are thrown as CommitSuiteError (`environment_lost`, `runner_lost`, `run_lost`,
 * `isolation_unavailable`); how a test ended is a value.
 */
export interface Executor {
  /** Refuses early what this host cannot do (`sandbox` without root, a cluster that is not there). */
  assertSupported(isolation: Isolation, cluster?: ClusterRef): Promise<void>
  /** Makes the place of a session without a run, or finds and updates it. */
  ensureSession(request: SessionPlaceRequest, context: ExecutionContext): Promise<Provision>
  /** The name of a session's place, whoever made it; undefined where there is none. */
  findSession(request: FindSessionRequest, context: ExecutionContext): Promise<string | undefined>
  /** Makes the place of a commit's runs, or finds and updates it; what it returns goes on record. */
  provision(request: ProvisionRequest, context: ExecutionContext): Promise<Provision>
  /** Checks the commit out and runs its set-up, or finds both done; leased against `gc` until `release`. */
  prepare(request: PrepareRequest, context: PrepareContext): Promise<Preparation>
  /** Starts the run or adopts it where it already goes on, streams its output and waits for its end. */
  run(request: RunRequest, context: RunContext): Promise<RunCompletion>
  /** Gives back what a run has left whose result is on record: its worker died before `dispose`. Idempotent. */
  forget(request: RunRequest, context: ExecutionContext): Promise<void>
  /** Ends what is left of the lane's runs, removes its workspaces and gives its lease back. Idempotent. */
  release(request: ReleaseRequest): Promise<void>
}

/** The executors of a host. One that a suite needs first is loaded then: most hosts have no cluster. */
export interface Executors {
  of(name: ExecutorName): Executor | Promise<Executor>
}

/** Which place in a cluster; both absent on the local executor. */
export interface ClusterPlace {
  cluster?: ClusterRef | undefined
  /** The place is a client's session instead of one suite's commit. */
  session?: SessionRef | undefined
}

export interface ProvisionRequest extends ClusterPlace {
  suite: string
  sha: string
  /** Absolute path, or URL without user info; recorded with what is made. */
  repo: string
  template: Template
  limits: RunLimits
  parallelism: number
}

export interface FindSessionRequest {
  session: SessionRef
  cluster?: ClusterRef | undefined
}

export interface SessionPlaceRequest extends FindSessionRequest {
  template: Template
  /** Names what asks: asked again after a crash, what it made before counts as made by it. */
  createdBy: string
}

export interface Provision {
  /** Where, in a few words: a host, or a namespace of a cluster. */
  place: string
  /** Name of the namespace, or of the folder that stands in for a session's; undefined where there is none. */
  namespace?: string
  /** Whether it was there before this request. */
  existed: boolean
}

export interface ExecutionContext {
  /**
   * Aborts when the caller was cancelled (see was-cancelled.ts): end the processes, clean up, throw the signal's
   * reason. Where it aborts for another reason, throw that too, but leave what the next call must find.
   */
  signal: AbortSignal
  /** Called about once a second while something is alive; never throws. */
  heartbeat(details?: unknown): void
}

export interface PrepareContext extends ExecutionContext {
  /** Called when the checkout is done and the first command of a set-up begins; again after a crash. */
  onSetup?(): Promise<void>
  /** Called when the preparation has to wait for something outside of it, again when the reason changes. */
  onWaiting?(reason: string): Promise<void>
}

export interface PrepareRequest extends ClusterPlace {
  template: Template
  suite: string
  sha: string
  /** Bare mirror that holds the commit. */
  mirrorPath: string
  /** Commands of the set-up in order, already decided (given by the user or detected); [] for none. */
  setup: Command[]
  workdir: string
  /** Plain environment, recorded. */
  env: Record<string, string>
  /** Names of variables whose values come from the executor's `SecretSource` where the process starts. */
  secretEnv: string[]
  isolation: Isolation
  limits: RunLimits
  /** How many runs may be alive at once: fixed slots are made for them where there are no mount namespaces. */
  parallelism: number
  timeoutMs: number
}

export type Preparation =
  | { ok: true; treeKey: string; cached: boolean; durationMs: number; warnings: string[] }
  /** The set-up itself failed: the commit is `inconclusive`, with this output. */
  | { ok: false; step: 'checkout' | 'setup'; command: string; exitCode: number | null; output: string }

export interface RunRequest extends ClusterPlace {
  template: Template
  key: RunKey
  /** Which repetition after infrastructure faults this is, from 1. */
  try: number
  /** From the preparation of the commit. */
  treeKey: string
  command: Command
  workdir: string
  /** Plain values, seed variables included. */
  env: Record<string, string>
  secretEnv: string[]
  isolation: Isolation
  limits: RunLimits
  /** From the command's start to TERM; KILL follows `graceMs` later. */
  timeoutMs: number
  graceMs: number
  outputCapBytes: number
  /** Globs, relative to the working directory, of files to keep from the run. */
  reports: string[]
}

export type StreamName = 'stdout' | 'stderr'

/** A piece of output as it was written; `offset` counts the original bytes of its stream. */
export interface OutputChunk {
  stream: StreamName
  offset: number
  bytes: Uint8Array
}

export interface RunContext extends ExecutionContext {
  /** Called once the command runs (again after an adoption), with the node where that is not this host. */
  onStarted(startedAt: Date, node?: string): Promise<void>
  /** Called when the run has to wait for something outside of it, again when the reason changes. */
  onWaiting?(reason: string): Promise<void>
  /** Called before a fault is thrown, with what is known of the lost run: JSON for people to read. */
  onForensics?(bundle: Uint8Array): Promise<void>
  /** Live output, in order per stream, each byte once per call of `run`; pieces of at most 256 KiB. */
  onOutput(chunk: OutputChunk): Promise<void>
}

/** All that is kept of one stream: `head`, then a gap of `droppedBytes`, then `tail`. */
export interface CapturedStream {
  totalBytes: number
  droppedBytes: number
  head: Uint8Array
  tail: Uint8Array
}

/** A report file copied out of the run before its workspace goes. */
export interface CollectedFile {
  /** Path relative to the working directory, `/` between parts, no `..`. */
  name: string
  /** Where the copy lies on this host; the caller moves it into the artifact store. */
  path: string
  sizeBytes: number
}

export interface RunCompletion {
  exitCode: number | null
  /** `SIGKILL`, `SIGSEGV`, …; null after an ordinary exit. */
  signal: string | null
  timedOut: boolean
  outOfMemory: boolean
  /** The run used more disk than it may; only where the executor can tell. */
  outOfDisk?: boolean
  startedAt: Date
  durationMs: number
  stdout: CapturedStream
  stderr: CapturedStream
  files: CollectedFile[]
  /** Names of files that were asked for and are too large to be kept. */
  leftOut?: string[]
  node: string
  /** Gives back the spool and workspace of the run; call it when everything is safely stored. */
  dispose(): Promise<void>
}

export interface ReleaseRequest extends ClusterPlace {
  suite: string
  sha: string
  /** Keep the last workspaces for people to look at, until `gc`. */
  keep: boolean
}
