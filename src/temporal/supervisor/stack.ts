import type { ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import { CommitSuiteError } from '../../contract/index.ts'
import { findOnPath } from '../server-binary/on-path.ts'
import { findServerBinary } from '../server-binary.ts'
import type { SecretsBySuite, SecretsMessage } from '../suite-secrets.ts'
import { ChildrenFile, endOrphans } from './children-file.ts'
import { externalServer } from './external-server.ts'
import { tailOfLog } from './log-file.ts'
import { choosePorts, type Ports } from './ports.ts'
import { untilServerAnswers } from './probe.ts'
import type { StackInfo } from './protocol.ts'
import { serverLog, spawnServer } from './server-process.ts'
import { SupervisedChild } from './supervised-child.ts'
import { isReadyMessage, spawnWorker, type WorkerTarget, workerLog } from './worker-process.ts'

export interface StackOptions {
  config: Config
  log: Logger
  /** Main of the worker process. */
  workerModule: string
  onProgress: (line: string) => void
  /** What the worker is to know, now and whenever it starts again. */
  secrets: () => SecretsBySuite
}

const READY_WITHIN_MS = 60_000
/** So many ends in a row before the first readiness mean that it will not come. */
const HOPELESS_ENDS = 3
const SERVER_GRACE_MS = 3_000
const WORKER_GRACE_MS = 10_000

/** The Temporal server (unless an own one is configured) and the worker, kept alive until `stop`. */
export class Stack {
  readonly #options: StackOptions
  readonly #children: ChildrenFile
  readonly #stopped = new AbortController()
  readonly #hopeless = Promise.withResolvers<never>()
  readonly #workerReady = Promise.withResolvers<void>()
  #server: SupervisedChild | undefined
  #worker: SupervisedChild | undefined
  #workerProcess: ChildProcess | undefined
  #target: WorkerTarget | undefined
  #ports: Ports | undefined
  #ready = false

  constructor(options: StackOptions) {
    this.#options = options
    this.#children = new ChildrenFile(options.config)
    this.#hopeless.promise.catch(() => {})
  }

  info(): StackInfo | null {
    if (this.#target === undefined) return null
    return {
      temporalAddress: this.#target.address,
      temporalUi: this.#ports === undefined ? null : `http://127.0.0.1:${this.#ports.ui}`,
      namespace: this.#target.namespace,
      pid: process.pid,
      serverPid: this.#server?.pid ?? null,
      workerPid: this.#worker?.pid ?? null,
      ready: this.#ready,
    }
  }

  /** Resolves when the server answers and the worker polls; `temporal_unavailable`, `supervisor_failed`. */
  async start(): Promise<void> {
    const { config, log } = this.#options
    const orphans = await endOrphans(config)
    if (orphans > 0) log.warn({ orphans }, 'ended what a killed supervisor left behind')
    const external = externalServer(config)
    if (external === undefined) await this.#startServer()
    else this.#target = { ...external, external: true }
    this.#stopped.signal.throwIfAborted()
    this.#startWorker()
    await Promise.race([
      Promise.all([this.#serverAnswers(), this.#workerReady.promise]),
      this.#hopeless.promise,
      this.#tooLate(),
    ])
    this.#ready = true
  }

  async #startServer(): Promise<void> {
    const { config, log, onProgress } = this.#options
    const [binary, ports, setpriv] = await Promise.all([
      findServerBinary(config, { onProgress, signal: this.#stopped.signal }),
      choosePorts(config),
      process.platform === 'linux' ? findOnPath('setpriv') : undefined,
    ])
    this.#stopped.signal.throwIfAborted()
    this.#ports = ports
    this.#target = { address: `127.0.0.1:${ports.grpc}`, namespace: config.temporalNamespace, external: false }
    this.#server = new SupervisedChild({
      name: 'server',
      log,
      spawn: () => spawnServer(config, binary.path, ports, setpriv),
      onChange: (identity) => this.#children.note('server', identity),
      onEnd: (ends, how) => this.#giveUp('temporal_unavailable', 'Temporal server', ends, how, serverLog(config)),
    })
  }

  #startWorker(): void {
    const { config, log, workerModule } = this.#options
    const target = this.#target
    if (target === undefined) throw new Error('the worker was started before its server was known')
    this.#worker = new SupervisedChild({
      name: 'worker',
      log,
      spawn: () => {
        const child = spawnWorker(config, workerModule, target)
        this.#workerProcess = child
        this.passSecrets()
        child.on('message', (message) => {
          if (isReadyMessage(message)) this.#workerReady.resolve()
        })
        return child
      },
      onChange: (identity) => this.#children.note('worker', identity),
      onEnd: (ends, how) => this.#giveUp('supervisor_failed', 'worker', ends, how, workerLog(config)),
    })
  }

  /** Tells the worker all secrets there are; one that is not there learns them when it starts. */
  passSecrets(): void {
    const message: SecretsMessage = { type: 'secrets', suites: this.#options.secrets() }
    // The channel of a worker that has just ended is closed.
    if (this.#workerProcess?.connected === true) this.#workerProcess.send(message, () => {})
  }

  #giveUp(
    code: 'temporal_unavailable' | 'supervisor_failed',
    what: string,
    ends: number,
    how: string,
    log: string,
  ): void {
    if (this.#ready || ends < HOPELESS_ENDS) return
    const message = `The ${what} ended ${ends} times before it was ready (${how}). Its log ${log} ends with:\n${tailOfLog(log)}`
    const target = this.#target
    if (target?.external !== true) {
      this.#hopeless.reject(new CommitSuiteError(code, message))
      return
    }
    const remedy = 'Check TEMPORAL_ADDRESS, or leave it out to use the embedded server.'
    const lead = `No worker can work with the Temporal server at ${target.address}. ${remedy}`
    this.#hopeless.reject(new CommitSuiteError('temporal_unavailable', `${lead}\n${message}`, { remedy }))
  }

  /** The user's own server may need TLS and keys; that it answers shows in the worker's readiness. */
  async #serverAnswers(): Promise<void> {
    if (this.#target === undefined || this.#target.external) return
    await untilServerAnswers(this.#target.address, this.#target.namespace, this.#stopped.signal)
  }

  async #tooLate(): Promise<never> {
    await delay(READY_WITHIN_MS, undefined, { ref: false, signal: this.#stopped.signal })
    const { config } = this.#options
    throw new CommitSuiteError(
      'supervisor_failed',
      `The server and the worker were not ready within ${READY_WITHIN_MS / 1000} s. See ${serverLog(config)} and ${workerLog(config)}.`,
    )
  }

  /** First the worker, which tells the server what it leaves undone, then the server. */
  async stop(): Promise<void> {
    this.#ready = false
    this.#stopped.abort()
    await this.#worker?.stop(WORKER_GRACE_MS)
    await this.#server?.stop(SERVER_GRACE_MS)
    await this.#children.remove()
  }
}
