import type { ChildProcess } from 'node:child_process'
import type { Logger } from 'pino'
import { type ProcessIdentity, processIdentity } from '../../process/identity.ts'

export interface ChildOptions {
  name: string
  spawn: () => ChildProcess
  log: Logger
  /** A new process runs (or, undefined, it has ended). */
  onChange: (identity: ProcessIdentity | undefined) => Promise<void>
  /** Called after each end that was not asked for, with the number of ends in a row. */
  onEnd?: (ends: number, how: string) => void
}

const LONGEST_DELAY_MS = 5_000
const FIRST_DELAY_MS = 50
/** Having lived this long, the next end counts as the first one again. */
const STEADY_MS = 10_000

/** One child process that is started again, ever more slowly, until it is told to stop. */
export class SupervisedChild {
  readonly #options: ChildOptions
  #child: ChildProcess | undefined
  #ends = 0
  #timer: NodeJS.Timeout | undefined
  #stopping = false

  constructor(options: ChildOptions) {
    this.#options = options
    this.#start()
  }

  get pid(): number | null {
    return this.#child?.pid ?? null
  }

  #start(): void {
    const startedAt = Date.now()
    const child = this.#options.spawn()
    this.#child = child
    let ended = false
    const end = (how: string): void => {
      if (ended) return
      ended = true
      this.#child = undefined
      this.#ended(how, Date.now() - startedAt)
    }
    child.once('error', (error) => end(error.message))
    child.once('exit', (code, signal) => end(signal === null ? `exit code ${code}` : signal))
    void this.#record(child)
  }

  async #record(child: ChildProcess): Promise<void> {
    if (child.pid === undefined) return
    const identity = await processIdentity(child.pid)
    if (identity !== undefined && this.#child === child) await this.#options.onChange(identity)
  }

  #ended(how: string, livedMs: number): void {
    const { name, log, onEnd } = this.#options
    if (this.#stopping) return
    this.#ends = livedMs > STEADY_MS ? 1 : this.#ends + 1
    const delayMs = Math.min(FIRST_DELAY_MS * 4 ** (this.#ends - 1), LONGEST_DELAY_MS)
    log.warn({ child: name, how, livedMs, delayMs }, 'child ended; starting it again')
    this.#timer = setTimeout(() => this.#start(), delayMs)
    onEnd?.(this.#ends, how)
  }

  /** SIGTERM, after `graceMs` SIGKILL; resolves when the process has ended. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true
    clearTimeout(this.#timer)
    const child = this.#child
    if (child === undefined) return
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.kill('SIGTERM')
    const killer = setTimeout(() => child.kill('SIGKILL'), graceMs)
    await gone
    clearTimeout(killer)
    await this.#options.onChange(undefined)
  }
}
