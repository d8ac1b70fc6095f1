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
import { invalidInput } from '../../../contract/index.ts'
import { type ClusterAddress, deepestCause, NoAnswer, unavailable } from './away.ts'
import type { ClusterApis } from './cluster.ts'
import { Connections } from './connections.ts'
import { type JoinedSignal, joinSignals } from './join-signals.ts'
import { RateLimit } from './rate-limit.ts'
import { refusalFrom } from './refusal.ts'

export interface LinkOptions {
  /** Requests per second for long, and at once. */
  qps: number
  burst: number
  /** A request without its whole answer for so long failed. */
  requestTimeoutMs: number
}

/** The way to one API server: the rate limit, the count and the time-outs of everything that is sent. */
export class ApiLink {
  readonly address: ClusterAddress
  /** Aborts when the link is closed. */
  readonly closed: AbortSignal
  requests = 0
  private readonly limit: RateLimit
  private readonly requestTimeoutMs: number
  private readonly connections: Connections
  private readonly http = new IsomorphicFetchHttpLibrary()
  private readonly closing = new AbortController()

  constructor(config: KubeConfig, options: LinkOptions) {
    const server = (config.getCurrentCluster()?.server ?? '').replace(/\/+$/, '')
    this.address = { context: config.getCurrentContext(), server }
    this.connections = new Connections(config)
    this.limit = new RateLimit(options.qps, options.burst)
    this.requestTimeoutMs = options.requestTimeoutMs
    this.closed = this.closing.signal
  }

  /** Clients whose requests end with the signal; failures of theirs are `ApiRefusal` or `NoAnswer`. */
  apis(signal: AbortSignal): ClusterApis {
    const configuration = createConfiguration({
      baseServer: new ServerConfiguration(this.address.server, {}),
      httpApi: wrapHttpLibrary({ send: async (request) => await this.send(request, signal) }),
      authMethods: {
        default: {
          getName: () => 'kubeconfig',
          applySecurityAuthentication: async (request) => await this.connections.authenticate(request),
        },
      },
    })
    return { core: new CoreV1Api(configuration), networking: new NetworkingV1Api(configuration) }
  }

  /** The body of an answer that goes on until it ends or the signal ends it; only its beginning has a time-out. */
  async stream(path: string, query: Record<string, string>, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const request = new RequestContext(`${this.address.server}${path}?${new URLSearchParams(query)}`, HttpMethod.GET)
    await this.connections.authenticate(request)
    await this.admit(signal)
    const due = this.due(signal)
    try {
      const body = (await this.answer(request, due.signal)).body.stream()
      if (body === null) throw new NoAnswer('the answer has no body')
      return body
    } finally {
      // Stays joined, as the signal goes on to end the body.
      due.met()
    }
  }

  /** Where and with which credentials a WebSocket is opened; takes from the rate limit. */
  async socket(path: string, signal: AbortSignal): Promise<{ url: string; options: ClientOptions }> {
    await this.admit(signal)
    const options = await this.connections.socketOptions()
    const url = `${this.address.server.replace(/^http/, 'ws')}${path}`
    return { url, options: { ...options, handshakeTimeout: this.requestTimeoutMs } }
  }

  /** Something on the current connection was silent for too long: the next request does not use it. */
  distrustConnection(): void {
    this.connections.renew()
  }

  async close(): Promise<void> {
    this.closing.abort(unavailable(this.address, new Error('the connection was closed by us')))
    await this.connections.close()
  }

  private async send(request: RequestContext, signal: AbortSignal): Promise<ResponseContext> {
    await this.admit(signal)
    const due = this.due(signal)
    try {
      const response = await this.answer(request, due.signal)
      const text = await this.received(response.body.text(), due.signal)
      const body = { text: async () => text, binary: async () => Buffer.from(text), stream: () => null }
      return new ResponseContext(response.httpStatusCode, response.headers, body)
    } finally {
      due.met()
      due.release()
    }
  }

  private async admit(signal: AbortSignal): Promise<void> {
    await this.limit.take(signal)
    this.requests += 1
  }

  /** A signal that also aborts when the answer is not there in time, until `met`. */
  private due(signal: AbortSignal): JoinedSignal & { met(): void } {
    const late = new AbortController()
    const timer = setTimeout(() => {
      this.distrustConnection()
      late.abort(new NoAnswer(`no answer within ${this.requestTimeoutMs / 1000} s`))
    }, this.requestTimeoutMs)
    return { ...joinSignals(signal, late.signal), met: () => clearTimeout(timer) }
  }

  private async answer(request: RequestContext, signal: AbortSignal): Promise<ResponseContext> {
    request.setSignal(signal)
    const response = await this.received(this.http.send(request).toPromise(), signal)
    const { httpStatusCode: status, headers } = response
    if (status < 400) return response
    if (status === 401) this.connections.renew()
    throw refusalFrom(status, await this.received(response.body.text(), signal), headers['retry-after'])
  }

  /** Tells a connection that failed from one that we ended ourselves and from a configuration that cannot work. */
  private async received<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await answer
    } catch (error) {
      signal.throwIfAborted()
      const { code, message } = deepestCause(error)
      if (!isDistrust(code)) throw new NoAnswer(message, { cause: error })
      const { context, server } = this.address
      const rule = `${server} is not trusted: ${message}`
      throw invalidInput('cluster.context', context, rule, undefined, 'cluster_invalid')
    }
  }
}

const isDistrust = (code: string | undefined): boolean =>
  code !== undefined && /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_|HOSTNAME_MISMATCH)/.test(code)
