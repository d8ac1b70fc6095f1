import { execa } from 'execa'
import { CommitSuiteError } from '../contract/index.ts'

export interface GitRun {
  /** Complete environment, from `gitEnvironment`. */
  env: Record<string, string>
  cwd?: string
  input?: string
  signal?: AbortSignal
  /** Told the process id as soon as git runs; it leads its own process group. */
  onSpawn?(pid: number): Promise<void>
}

export interface GitResult {
  exitCode: number
  stdout: Buffer
  /** Decoded, without control characters, at most the last 4 KiB. */
  stderr: string
}

const LARGEST_OUTPUT_BYTES = 256 * 1024 * 1024
const KEPT_STDERR = 4096
const KILL_AFTER_MS = 3000

/**
 * Runs git in its own process group and returns how it ended, a failing exit code included. When the signal aborts,
 * the whole group is ended (TERM, then KILL) and the signal's reason thrown. `not_supported` where there is no git.
 */
export async function runGit(args: readonly string[], run: GitRun): Promise<GitResult> {
  run.signal?.throwIfAborted()
  const child = execa('git', args, {
    env: run.env,
    extendEnv: false,
    reject: false,
    detached: true,
    encoding: 'buffer',
    maxBuffer: LARGEST_OUTPUT_BYTES,
    ...(run.cwd === undefined ? {} : { cwd: run.cwd }),
    ...(run.input === undefined ? { stdin: 'ignore' } : { input: run.input }),
  })
  const stopKilling = endOnAbort(child.pid, run.signal)
  try {
    if (child.pid !== undefined) await run.onSpawn?.(child.pid)
    const result = await child
    run.signal?.throwIfAborted()
    const missing = gitMissing(result)
    if (missing !== undefined) throw missing
    if (result.isMaxBuffer) throw new CommitSuiteError('fetch_failed', `git ${args[0]} wrote too much output.`)
    return { exitCode: result.exitCode ?? 128, stdout: Buffer.from(result.stdout), stderr: legible(result.stderr) }
  } finally {
    stopKilling()
  }
}

/** Ends every process of the group that `pid` leads; one that is gone already is no error. */
export function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // ESRCH: it ended by itself.
  }
}

/** The error to throw where git could not be started for want of it. */
export function gitMissing(failure: unknown): CommitSuiteError | undefined {
  if (!(failure instanceof Error) || !/spawn git ENOENT/.test(failure.message)) return undefined
  return new CommitSuiteError('not_supported', 'git cannot be started: install git and put it on the PATH.')
}

function endOnAbort(pid: number | undefined, signal: AbortSignal | undefined): () => void {
  if (pid === undefined || signal === undefined) return () => {}
  let hardKill: NodeJS.Timeout | undefined
  const end = (): void => {
    killGroup(pid, 'SIGTERM')
    hardKill = setTimeout(() => killGroup(pid, 'SIGKILL'), KILL_AFTER_MS)
  }
  signal.addEventListener('abort', end, { once: true })
  return () => {
    signal.removeEventListener('abort', end)
    clearTimeout(hardKill)
  }
}

function legible(stderr: Uint8Array): string {
  const text = Buffer.from(stderr).toString('utf8')
  return text
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, ' ')
    .slice(-KEPT_STDERR)
    .trim()
}
