import { rmSync } from 'node:fs'
import type { Server, Socket } from 'node:net'
import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import { CommitSuiteError } from '../../contract/index.ts'
import { listenPrivately, supervisorSocket } from './private-socket.ts'
import { encode, lineReader, type Reply, type Request, requestSchema } from './protocol.ts'
import { SecretKeeper } from './secret-keeper.ts'
import { Stack } from './stack.ts'

export interface SupervisorOptions {
  config: Config
  log: Logger
  build: string
  /** Which Temporal this stack is for. */
  target: string
  /** Tells what its worker lets requests from the network do. */
  networkRules: string
  workerModule: string
  /** Whether some suite is queued, running or paused. */
  hasOpenSuites: () => Promise<boolean>
  /** Whether this suite is queued, running or paused. */
  isOpenSuite: (suite: string) => Promise<boolean>
  /** How long the stack stays up once nobody holds a lease and no suite is open. */
  lingerMs: number
}

type LeaseRequest = Extract<Request, { type: 'lease' }>

/** Owner of one state directory's stack: grants leases on it and ends with the last need for it. */
export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #stack: Stack
  readonly #leases = new Set<Socket>()
  readonly #waiting = new Set<Socket>()
  readonly #secrets: SecretKeeper
  readonly #ended = Promise.withResolvers<void>()
  #listener: Server | undefined
  #failure: CommitSuiteError | undefined
  #neededAt = Date.now()
  #lastLine: string | undefined
  #ready = false
  #stopping = false

  constructor(options: SupervisorOptions) {
    this.#options = options
    const { config, log, workerModule, isOpenSuite } = options
    this.#secrets = new SecretKeeper(isOpenSuite)
    this.#stack = new Stack({
      ...{ config, log, workerModule },
      onProgress: (line) => this.#tellWaiting(line),
      secrets: () => this.#secrets.bySuite(),
    })
  }

  /** Runs until nothing needs the stack, it failed, or `stop` was called. */
  async run(): Promise<void> {
    this.#listener = await listenPrivately(this.#options.config, (socket) => this.#welcome(socket))
    const { lingerMs } = this.#options
    const watch = setInterval(() => void this.#endIfUnneeded(), Math.min(1_000, Math.max(20, lingerMs / 5)))
    this.#stack.start().then(
      () => this.#announce(),
      (error: unknown) => void this.#fail(error),
    )
    await this.#ended.promise
    clearInterval(watch)
  }

  /** Ends the worker, then the server, then this supervisor's traces. */
  async stop(why: string): Promise<void> {
    if (this.#stopping) return this.#ended.promise
    this.#stopping = true
    this.#options.log.info({ why }, 'stopping')
    // From here on a newcomer starts a successor, which waits for our lock.
    this.#listener?.close()
    rmSync(supervisorSocket(this.#options.config), { force: true })
    await this.#stack.stop()
    for (const socket of [...this.#leases, ...this.#waiting]) socket.destroy()
    this.#ended.resolve()
  }

  #welcome(socket: Socket): void {
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#forget(socket))
    const read = lineReader(
      requestSchema,
      (request) => void this.#answer(socket, request),
      () => socket.destroy(),
    )
    socket.on('data', read)
  }

  #forget(socket: Socket): void {
    this.#waiting.delete(socket)
    this.#secrets.release(socket)
    if (this.#leases.delete(socket)) this.#neededAt = Date.now()
  }

  async #answer(socket: Socket, request: Request): Promise<void> {
    if (request.type === 'find') return void socket.end(encode({ type: 'stack', stack: this.#stack.info() }))
    if (await this.#givesWay(socket, request)) return
    // A lease on a stack that ends would be worth nothing: the command comes again and starts a successor.
    if (this.#stopping) return void socket.destroy()
    if (socket.destroyed) return
    this.#leases.add(socket)
    if (request.secrets !== undefined && !(await this.#keepSecrets(socket, request.secrets))) return
    if (this.#failure !== undefined) send(socket, failed(this.#failure))
    else if (this.#ready) send(socket, { type: 'stack', stack: this.#stack.info() })
    else this.#wait(socket)
  }

  /** False when the connection went away meanwhile. */
  async #keepSecrets(socket: Socket, secrets: NonNullable<LeaseRequest['secrets']>): Promise<boolean> {
    await this.#secrets.keep(socket, secrets)
    if (socket.destroyed) this.#secrets.release(socket)
    this.#stack.passSecrets()
    return !socket.destroyed
  }

  #wait(socket: Socket): void {
    this.#waiting.add(socket)
    if (this.#lastLine !== undefined) send(socket, { type: 'progress', line: this.#lastLine })
  }

  /** Another build, another server or other rules are asked for: an idle stack ends for it, a used one stays. */
  async #givesWay(socket: Socket, request: LeaseRequest): Promise<boolean> {
    const { build, target, networkRules } = this.#options
    const sameBuild = request.build === null || request.build === build
    const sameRules = request.networkRules === undefined || request.networkRules === networkRules
    if (sameBuild && sameRules && request.target === target) return false
    const idle = this.#leases.size === 0 && !(await this.#hasOpenSuites()) && this.#leases.size === 0
    if (idle) {
      socket.end(encode({ type: 'replace' }))
      await this.stop('replaced')
      return true
    }
    const advice = 'Wait until it is idle, or cancel its suites, or use another COMMIT_SUITE_HOME.'
    if (request.target !== target) {
      const message = `The running stack is for ${target}, not for ${request.target}. ${advice}`
      socket.end(encode({ type: 'failed', code: 'supervisor_failed', message }))
      return true
    }
    const what = sameBuild
      ? 'was started with other rules for requests from the network (COMMIT_SUITE_ALLOWED_…), which hold until it ends'
      : 'is of another build than this command'
    send(socket, { type: 'progress', line: `warning: the running worker ${what}. ${advice}` })
    return false
  }

  async #hasOpenSuites(): Promise<boolean> {
    try {
      return await this.#options.hasOpenSuites()
    } catch (error) {
      this.#options.log.error({ err: error }, 'cannot read the suites')
      return false
    }
  }

  #tellWaiting(line: string): void {
    this.#lastLine = line
    this.#options.log.info({ line }, 'progress')
    for (const socket of this.#waiting) send(socket, { type: 'progress', line })
  }

  #announce(): void {
    this.#ready = true
    const stack = this.#stack.info()
    this.#options.log.info({ stack, sinceStartMs: Math.round(process.uptime() * 1000) }, 'ready')
    for (const socket of this.#waiting) send(socket, { type: 'stack', stack })
    this.#waiting.clear()
  }

  async #fail(error: unknown): Promise<void> {
    if (this.#stopping) return
    const message = error instanceof Error ? error.message : String(error)
    this.#failure =
      error instanceof CommitSuiteError
        ? error
        : new CommitSuiteError('supervisor_failed', message, {}, { cause: error })
    this.#options.log.error({ err: error }, 'the stack did not start')
    for (const socket of this.#waiting) send(socket, failed(this.#failure))
    await this.stop('failed')
  }

  async #endIfUnneeded(): Promise<void> {
    if (this.#stopping) return
    if (await this.#secrets.prune()) this.#stack.passSecrets()
    if (this.#leases.size > 0 || (await this.#hasOpenSuites())) this.#neededAt = Date.now()
    else if (this.#leases.size === 0 && Date.now() - this.#neededAt >= this.#options.lingerMs)
      await this.stop('unneeded')
  }
}

function send(socket: Socket, reply: Reply): void {
  if (!socket.destroyed) socket.write(encode(reply))
}

const failed = (error: CommitSuiteError): Reply => ({ type: 'failed', code: error.code, message: error.message })
