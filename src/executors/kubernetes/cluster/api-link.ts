import {
  CoreV1Api,
  createConfiguration,
  HttpMethod,
  IsomorphicFetchHttpLibrary,
  type KubeConfig,
  NetworkingV1Api,
  RequestContext,
  ResponseContext,
  ServerConfiguration,
  wrapHttpLibrary,
} from '@kubernetes/client-node'
import type { ClientOptions } from 'ws'
import { CommitSuiteError, invalidInput } from '../../../contract/index.ts'
import { type ClusterAddress, deepestCause, NoAnswer, unavailable } from './away.ts'
import type { ClusterApis } from './cluster.ts'
import { joinSignals } from './join-signals.ts'
import { RateLimit } from './rate-limit.ts'
import { refusalFrom } from './refusal.ts'

export interface LinkOptions {
  /** Requests per second for long, and at once. */
  qps: number
  burst: number
  /** A request without its whole answer for so long failed. */
  requestTimeoutMs: number
}

/** Connections are made anew after so long, so that certificates which were renewed on disk come into use. */
const CONNECTIONS_MS = 5 * 60_000

type Dispatcher = NonNullable<ReturnType<RequestContext['getDispatcher']>>

/** The way to one API server: credentials, connections, the rate limit and the count of everything that is sent. */
export class ApiLink {
  readonly address: ClusterAddress
  /** Aborts when the link is closed. */
  readonly closed: AbortSignal
  requests = 0
  private readonly config: KubeConfig
  private readonly server: string
  private readonly limit: RateLimit
  private readonly requestTimeoutMs: number
  private readonly http = new IsomorphicFetchHttpLibrary()
  private readonly closing = new AbortController()
  private connections: { dispatcher: Dispatcher | undefined; sinceMs: number } | undefined

  constructor(config: KubeConfig, options: LinkOptions) {
    this.config = config
    this.server = (config.getCurrentCluster()?.server ?? '').replace(/\/+$/, '')
    this.address = { context: config.getCurrentContext(), server: this.server }
    this.limit = new RateLimit(options.qps, options.burst)
    this.requestTimeoutMs = options.requestTimeoutMs
    this.closed = this.closing.signal
  }

  /** Clients whose requests end with the signal; failures of theirs are `ApiRefusal` or `NoAnswer`. */
  apis(signal: AbortSignal): ClusterApis {
    const configuration = createConfiguration({
      baseServer: new ServerConfiguration(this.server, {}),
      httpApi: wrapHttpLibrary({ send: async (request) => await this.send(request, signal) }),
      authMethods: {
        default: {
          getName: () => 'kubeconfig',
          applySecurityAuthentication: async (request) => await this.authenticate(request),
        },
      },
    })
    return { core: new CoreV1Api(configuration), networking: new NetworkingV1Api(configuration) }
  }

  /** The body of an answer that goes on for as long as the signal lets it. */
  async stream(path: string, query: Record<string, string>, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const request = new RequestContext(`${this.server}${path}?${new URLSearchParams(query)}`, HttpMethod.GET)
    await this.authenticate(request)
    await this.admit(signal)
    const headers = new AbortController()
    const timer = setTimeout(() => headers.abort(this.tooLate()), this.requestTimeoutMs)
    // Stays joined for as long as the body is read; the signal of a watch lives no longer than its stream.
    const both = joinSignals(signal, headers.signal)
    request.setSignal(both.signal)
    try {
      const response = await this.answered(this.http.send(request).toPromise(), both.signal)
      if (response.httpStatusCode >= 400) await this.refuse(response, both.signal)
      const body = response.body.stream()
      if (body === null) throw new NoAnswer('the answer has no body')
      return body
    } finally {
      clearTimeout(timer)
    }
  }

  /** Where and with which credentials a WebSocket is opened; takes from the rate limit. */
  async socket(path: string, signal: AbortSignal): Promise<{ url: string; options: ClientOptions }> {
    await this.admit(signal)
    const options: ClientOptions = {}
    await this.credentials(async () => await this.config.applyToHTTPSOptions(options))
    return {
      url: `${this.server.replace(/^http/, 'ws')}${path}`,
      options: { ...options, handshakeTimeout: this.requestTimeoutMs },
    }
  }

  async close(): Promise<void> {
    this.closing.abort(unavailable(this.address, new Error('the connection was closed by us')))
    await this.connections?.dispatcher?.destroy()
  }

  private async send(request: RequestContext, signal: AbortSignal): Promise<ResponseContext> {
    await this.admit(signal)
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(this.tooLate()), this.requestTimeoutMs)
    const both = joinSignals(signal, late.signal)
    request.setSignal(both.signal)
    try {
      const response = await this.answered(this.http.send(request).toPromise(), both.signal)
      if (response.httpStatusCode >= 400) await this.refuse(response, both.signal)
      const text = await this.answered(response.body.text(), both.signal)
      const body = { text: async () => text, binary: async () => Buffer.from(text), stream: () => null }
      return new ResponseContext(response.httpStatusCode, response.headers, body)
    } finally {
      clearTimeout(timer)
      both.release()
    }
  }

  private async refuse(response: ResponseContext, signal: AbortSignal): Promise<never> {
    const text = await this.answered(response.body.text(), signal)
    if (response.httpStatusCode === 401) this.connections = undefined
    throw refusalFrom(response.httpStatusCode, text, response.headers['retry-after'])
  }

  private async admit(signal: AbortSignal): Promise<void> {
    await this.limit.take(signal)
    this.requests += 1
  }

  private tooLate(): NoAnswer {
    return new NoAnswer(`no answer within ${this.requestTimeoutMs / 1000} s`)
  }

  /** Tells a connection that failed from one that we ended ourselves and from a configuration that cannot work. */
  private async answered<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await answer
    } catch (error) {
      signal.throwIfAborted()
      const { code, message } = deepestCause(error)
      if (isDistrust(code)) {
        const { context, server } = this.address
        throw invalidInput(
          'cluster.context',
          context,
          `${server} is not trusted: ${message}`,
          undefined,
          'cluster_invalid',
        )
      }
      throw new NoAnswer(message, { cause: error })
    }
  }

  /** The library would open new connections for each request; they are kept here instead. */
  private async authenticate(request: RequestContext): Promise<void> {
    await this.credentials(async () => await this.config.applySecurityAuthentication(request))
    const now = performance.now()
    if (this.connections === undefined || now - this.connections.sinceMs > CONNECTIONS_MS) {
      this.connections = { dispatcher: request.getDispatcher(), sinceMs: now }
    }
    if (this.connections.dispatcher !== undefined) request.setDispatcher(this.connections.dispatcher)
  }

  private async credentials(obtain: () => Promise<void>): Promise<void> {
    try {
      await obtain()
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      const { context } = this.address
      const message = `The credentials of context ${context} could not be obtained: ${why}`
      throw new CommitSuiteError('cluster_unavailable', message, { field: 'cluster.context', value: context })
    }
  }
}

const isDistrust = (code: string | undefined): boolean =>
  code !== undefined && /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_|HOSTNAME_MISMATCH)/.test(code)
