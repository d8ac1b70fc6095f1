import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'

/** How a short command ended; `output` is the tail of both streams. A command that could not be started has code -1. */
interface CommandEnd {
  code: number
  output: string
}

export interface QuietRun {
  timeoutMs: number
  env?: NodeJS.ProcessEnv
  cwd?: string
  signal?: AbortSignal
  onLine?: (line: string) => void
}

const KEPT_OUTPUT = 8_192

/** Ends the command and all it started: it leads a process group of its own. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    child.kill('SIGKILL')
  }
}

/** Runs a command to its end or time-out; never throws for what the command does. */
export function runQuietly(file: string, args: string[], run: QuietRun): Promise<CommandEnd> {
  return new Promise((resolve) => {
    const options: SpawnOptions = {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      ...(run.env === undefined ? {} : { env: run.env }),
      ...(run.cwd === undefined ? {} : { cwd: run.cwd }),
    }
    const child = spawn(file, args, options)
    let output = ''
    const end = (code: number, note = ''): void => {
      clearTimeout(timer)
      run.signal?.removeEventListener('abort', abort)
      resolve({ code, output: (output + note).trim() })
    }
    const abort = (): void => killGroup(child)
    const timer = setTimeout(() => {
      output += `\nno answer within ${run.timeoutMs / 1000} s`
      killGroup(child)
    }, run.timeoutMs)
    const collect = (chunk: Buffer): void => {
      const text = chunk.toString('utf8')
      output = (output + text).slice(-KEPT_OUTPUT)
      for (const line of text.split('\n')) if (line.trim() !== '') run.onLine?.(line.trim())
    }
    child.stdout?.on('data', collect)
    child.stderr?.on('data', collect)
    child.once('error', (error) => end(-1, error.message))
    child.once('close', (code) => end(code ?? -1))
    if (run.signal?.aborted === true) abort()
    else run.signal?.addEventListener('abort', abort, { once: true })
  })
}
