import type { KubeConfig, RequestContext } from '@kubernetes/client-node'
import type { ClientOptions } from 'ws'
import { CommitSuiteError } from '../../../contract/index.ts'

/** Connections are made anew after so long, so that certificates which were renewed on disk come into use. */
const LIFETIME_MS = 5 * 60_000

type Dispatcher = NonNullable<ReturnType<RequestContext['getDispatcher']>>

/** The connections and credentials of one context. The library would open a new connection for each request. */
export class Connections {
  private readonly config: KubeConfig
  private current: { dispatcher: Dispatcher | undefined; sinceMs: number } | undefined

  constructor(config: KubeConfig) {
    this.config = config
  }

  /** Gives a request its credentials and a connection. */
  async authenticate(request: RequestContext): Promise<void> {
    await this.obtain(async () => await this.config.applySecurityAuthentication(request))
    const now = performance.now()
    if (this.current !== undefined && now - this.current.sinceMs > LIFETIME_MS) this.renew()
    this.current ??= { dispatcher: request.getDispatcher(), sinceMs: now }
    if (this.current.dispatcher !== undefined) request.setDispatcher(this.current.dispatcher)
  }

  async socketOptions(): Promise<ClientOptions> {
    const options: ClientOptions = {}
    await this.obtain(async () => await this.config.applyToHTTPSOptions(options))
    return options
  }

  /**
   * The next request opens a new connection; what is under way keeps the old one. HTTP/2 puts all requests on one
   * connection and keeps it when they time out, so that one which died silently would be used for minutes.
   */
  renew(): void {
    const before = this.current
    this.current = undefined
    before?.dispatcher?.close().catch(() => undefined)
  }

  async close(): Promise<void> {
    await this.current?.dispatcher?.destroy()
  }

  private async obtain(credentials: () => Promise<void>): Promise<void> {
    try {
      await credentials()
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      const context = this.config.getCurrentContext()
      const message = `The credentials of context ${context} could not be obtained: ${why}`
      throw new CommitSuiteError('cluster_unavailable', message, { field: 'cluster.context', value: context })
    }
  }
}
