import type { Home } from '../support/home.ts'
import type { Part } from './part.ts'
import type { FaultKind } from './schedule.ts'

/** The runner of a worker's host, with all runs that it holds; the worker starts another one when it needs one. */
export class RunnerPart implements Part {
  readonly kinds: readonly FaultKind[] = ['kill']
  readonly #home: Home

  constructor(home: Home) {
    this.#home = home
  }

  async suffer(): Promise<void> {
    const runner = await this.#home.runner()
    if (runner === undefined) return
    try {
      process.kill(runner.pid, 'SIGKILL')
    } catch {
      // It ended by itself, having nothing to do.
    }
  }

  async stop(): Promise<void> {}
}
