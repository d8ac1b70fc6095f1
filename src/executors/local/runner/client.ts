import type { Socket } from 'node:net'
import { CommitSuiteError } from '../../../contract/index.ts'
import { readJsonLines, writeJsonLine } from './json-lines.ts'
import type { RunnerAnswer, RunnerRequest, RunSpec, RunState } from './protocol.ts'
import { connectRunner } from './start-runner.ts'

type WithoutId<T> = T extends { id: number } ? Omit<T, 'id'> : never
type Pending = { resolve: (answer: RunnerAnswer) => void; reject: (error: Error) => void }

const lost = (): CommitSuiteError =>
  new CommitSuiteError('runner_lost', 'The runner went away; its runs ended with it and are tried again.')

/** Not `runner_lost`: the runs go on, and whoever opens an executor next adopts them. */
const closed = (): CommitSuiteError => new CommitSuiteError('internal', 'The local executor was closed.')

const isAnswer = (message: unknown): message is RunnerAnswer =>
  typeof message === 'object' && message !== null && 'type' in message && 'id' in message

/**
 * The worker's side of the runner: one connection, made on demand. When the runner dies, every open call fails
 * with `runner_lost`, and the next call starts another runner.
 */
export class RunnerClient {
  readonly #stateDir: string
  readonly #idleMs: number
  readonly #pending = new Map<number, Pending>()
  #socket: Promise<Socket> | undefined
  #lastId = 0
  #closed = false

  constructor(stateDir: string, idleMs = 10_000) {
    this.#stateDir = stateDir
    this.#idleMs = idleMs
  }

  /** Starts the run, or returns the state of the one that has its name. */
  async start(spec: RunSpec): Promise<RunState> {
    const state = await this.#state({ type: 'start', spec })
    if (state === null) throw lost()
    return state
  }

  find(name: string): Promise<RunState | null> {
    return this.#state({ type: 'find', name })
  }

  /** Resolves when the run has ended; null when the runner does not know it. */
  wait(name: string): Promise<RunState | null> {
    return this.#state({ type: 'wait', name })
  }

  /** Resolves when all processes of the run are gone. */
  kill(name: string): Promise<RunState | null> {
    return this.#state({ type: 'kill', name })
  }

  async dispose(name: string): Promise<void> {
    await this.#call({ type: 'dispose', name })
  }

  /** Ends and forgets the runs whose names begin so; resolves to their number when their processes are gone. */
  async killPrefix(prefix: string): Promise<number> {
    const answer = await this.#call({ type: 'killPrefix', prefix })
    return answer.type === 'done' ? answer.count : 0
  }

  async list(prefix: string): Promise<RunState[]> {
    const answer = await this.#call({ type: 'list', prefix })
    return answer.type === 'list' ? answer.states : []
  }

  /** Ends the runner and all its runs. */
  async shutdown(): Promise<void> {
    await this.#call({ type: 'shutdown' })
  }

  /** Leaves the runner and its runs alone and fails the open calls. */
  async close(): Promise<void> {
    this.#closed = true
    this.#failPending()
    const socket = await this.#socket?.catch(() => undefined)
    socket?.destroy()
  }

  async #state(request: WithoutId<RunnerRequest>): Promise<RunState | null> {
    const answer = await this.#call(request)
    return answer.type === 'state' ? answer.state : null
  }

  async #call(request: WithoutId<RunnerRequest>): Promise<RunnerAnswer> {
    const socket = await this.#connected()
    const id = ++this.#lastId
    const answer = await new Promise<RunnerAnswer>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      if (socket.destroyed) this.#failPending()
      else writeJsonLine(socket, { ...request, id })
    })
    if (answer.type === 'refused') throw new CommitSuiteError('run_lost', `The runner refused: ${answer.message}`)
    return answer
  }

  #connected(): Promise<Socket> {
    if (this.#closed) return Promise.reject(closed())
    this.#socket ??= this.#connect()
    return this.#socket
  }

  async #connect(): Promise<Socket> {
    try {
      const socket = await connectRunner(this.#stateDir, this.#idleMs)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        this.#socket = undefined
        this.#failPending()
      })
      readJsonLines(socket, (message) => {
        if (isAnswer(message)) this.#settle(message)
      })
      return socket
    } catch (error) {
      this.#socket = undefined
      throw error
    }
  }

  #settle(answer: RunnerAnswer): void {
    const pending = this.#pending.get(answer.id)
    this.#pending.delete(answer.id)
    pending?.resolve(answer)
  }

  #failPending(): void {
    for (const { reject } of this.#pending.values()) reject(this.#closed ? closed() : lost())
    this.#pending.clear()
  }
}
