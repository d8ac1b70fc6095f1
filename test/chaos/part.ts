import { setTimeout as delay } from 'node:timers/promises'
import type { Running } from '../support/programs.ts'
import type { FaultKind } from './schedule.ts'

const PATIENCE_MS = 180_000
const AGAIN_MS = 500

/** Something that suffers faults, and comes back from each of them. */
export interface Part {
  readonly kinds: readonly FaultKind[]
  suffer(kind: FaultKind, forMs: number): Promise<void>
  /** Asks it to end, and waits for that. */
  stop(): Promise<void>
}

/** A program of which one process runs at a time. */
export class ProgramPart implements Part {
  readonly kinds: readonly FaultKind[]
  readonly #start: () => Promise<Running>
  #running: Running | undefined

  /** @param start resolves once the program works; it is called again after each end */
  constructor(start: () => Promise<Running>, kinds: readonly FaultKind[] = ['kill', 'terminate', 'freeze']) {
    this.kinds = kinds
    this.#start = start
  }

  /** Until it works: what it needs may be away too. */
  async start(): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS
    for (;;) {
      try {
        this.#running = await this.#start()
        return
      } catch (error) {
        if (Date.now() > deadline) throw error
        await delay(AGAIN_MS)
      }
    }
  }

  async suffer(kind: FaultKind, forMs: number): Promise<void> {
    if (kind === 'freeze') {
      this.#signal('SIGSTOP')
      await delay(forMs)
      this.#signal('SIGCONT')
      return
    }
    await this.#end(kind === 'kill' ? 'SIGKILL' : 'SIGTERM')
    await delay(forMs)
    await this.start()
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const running = this.#running
    this.#signal(signal)
    this.#running = undefined
    await running?.ended
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#running !== undefined) process.kill(this.#running.pid, signal)
  }
}
