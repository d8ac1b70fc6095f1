import type { KubeConfig } from '@kubernetes/client-node'
import type { Logger } from 'pino'
import type { ClusterRef } from '../../../contract/index.ts'
import { ApiLink } from './api-link.ts'
import type { Cluster, ClusterApis, ExecOptions, ExecSession, ExecTarget, PodWatch } from './cluster.ts'
import { openSocket } from './exec/open-socket.ts'
import { SocketSession } from './exec/socket-session.ts'
import { joinSignals } from './join-signals.ts'
import { loadKubeConfig } from './load-kubeconfig.ts'
import { SharedWatches } from './watch/shared-watches.ts'
import { whileAway } from './while-away.ts'

export interface ConnectOptions {
  log?: Logger | undefined
  /** Requests per second for long; 50. */
  qps?: number
  /** Requests at once; 100. */
  burst?: number
  /** How long an API server may be away before that is a fault; 5 min. */
  awayMs?: number
  /** A request without its whole answer for so long failed; 30 s. */
  requestTimeoutMs?: number
  /** A watch without event or bookmark for so long is made anew; 90 s. */
  watchIdleMs?: number
  /** How long a watch that nobody uses is kept for the next who asks; 30 s. */
  watchLingerMs?: number
}

/**
 * Reads the configuration and prepares the connection; the first request is the caller's. Throws `cluster_invalid`
 * naming the file or context that cannot be used.
 */
export async function connectCluster(ref: ClusterRef | undefined, options: ConnectOptions = {}): Promise<Cluster> {
  return new ConnectedCluster(loadKubeConfig(ref), options)
}

/** See `Cluster`. */
export class ConnectedCluster implements Cluster {
  readonly name: string
  private readonly link: ApiLink
  private readonly watches: SharedWatches
  private readonly awayMs: number
  private readonly log: Logger | undefined

  constructor(config: KubeConfig, options: ConnectOptions) {
    const { log, qps = 50, burst = 100, awayMs = 5 * 60_000, requestTimeoutMs = 30_000 } = options
    const { watchIdleMs = 90_000, watchLingerMs = 30_000 } = options
    this.link = new ApiLink(config, { qps, burst, requestTimeoutMs })
    this.name = this.link.address.context
    this.awayMs = awayMs
    this.log = log
    this.watches = new SharedWatches(this.link, { awayMs, idleMs: watchIdleMs, lingerMs: watchLingerMs, log })
  }

  get requests(): number {
    return this.link.requests
  }

  async request<T>(call: (apis: ClusterApis) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const both = joinSignals(signal, this.link.closed)
    const patience = { address: this.link.address, awayMs: this.awayMs, signal: both.signal, log: this.log }
    const apis = this.link.apis(both.signal)
    try {
      return await whileAway(async () => await call(apis), patience)
    } finally {
      both.release()
    }
  }

  watchPods(namespace: string): PodWatch {
    return this.watches.open(namespace)
  }

  async exec(target: ExecTarget, command: readonly string[], options: ExecOptions): Promise<ExecSession> {
    const both = joinSignals(options.signal, this.link.closed)
    try {
      const socket = await openSocket(this.link, target, command, both.signal)
      const session = new SocketSession(socket, { ...options, signal: both.signal })
      session.ended.finally(() => both.release()).catch(() => undefined)
      return session
    } catch (error) {
      both.release()
      throw error
    }
  }

  async close(): Promise<void> {
    await this.link.close()
  }
}
