import type { RunnerAnswer, RunnerRequest, RunSpec, RunState } from './protocol.ts'
import { SupervisedRun } from './supervised-run.ts'

/** The runs of one runner, ended ones included until they are disposed of. */
export class RunTable {
  readonly #runs = new Map<string, SupervisedRun>()

  get size(): number {
    return this.#runs.size
  }

  get running(): number {
    return [...this.#runs.values()].filter((run) => run.state().type === 'running').length
  }

  async answer(request: Exclude<RunnerRequest, { type: 'shutdown' }>): Promise<RunnerAnswer> {
    const { id } = request
    switch (request.type) {
      case 'start':
        return { type: 'state', id, state: this.#start(request.spec) }
      case 'find':
        return { type: 'state', id, state: this.#runs.get(request.name)?.state() ?? null }
      case 'wait': {
        const run = this.#runs.get(request.name)
        await run?.ended
        return { type: 'state', id, state: run?.state() ?? null }
      }
      case 'kill': {
        const run = this.#runs.get(request.name)
        await run?.kill()
        return { type: 'state', id, state: run?.state() ?? null }
      }
      case 'killPrefix':
        return { type: 'done', id, count: await this.killPrefix(request.prefix) }
      case 'dispose': {
        const run = this.#runs.get(request.name)
        await run?.kill()
        return { type: 'done', id, count: this.#runs.delete(request.name) ? 1 : 0 }
      }
      case 'list':
        return { type: 'list', id, states: this.#named(request.prefix).map((run) => run.state()) }
    }
  }

  /** Ends and forgets every run of that prefix, '' for all. */
  async killPrefix(prefix: string): Promise<number> {
    const runs = this.#named(prefix)
    await Promise.all(runs.map((run) => run.kill()))
    for (const run of runs) this.#runs.delete(run.spec.name)
    return runs.length
  }

  #named(prefix: string): SupervisedRun[] {
    return [...this.#runs.values()].filter((run) => run.spec.name.startsWith(prefix))
  }

  #start(spec: RunSpec): RunState {
    let run = this.#runs.get(spec.name)
    if (run === undefined) {
      run = new SupervisedRun(spec)
      this.#runs.set(spec.name, run)
    }
    return run.state()
  }
}
