import type { Operation } from '../contract/http/operation.ts'
import { Failure } from './failure.ts'
import type { Settings } from './options.ts'
import { Patience } from './patience.ts'
import { piecesOf } from './read-stream.ts'
import { refusalOf } from './refusal.ts'
import { type Input, requestFor } from './request.ts'
import { noAnswer, notAGateway } from './unavailable.ts'

export interface CallOptions {
  /** Ends the call; what is thrown is its reason. */
  signal?: AbortSignal | undefined
}

/** The one place where requests are made: with time-outs, and again where that is safe. */
export class Transport {
  readonly settings: Settings

  constructor(settings: Settings) {
    this.settings = settings
  }

  /** The parsed answer of an operation that answers JSON. Throws `CommitSuiteError`. */
  async call(operation: Operation, input: Input = {}, { signal }: CallOptions = {}): Promise<unknown> {
    return await this.#persistently(operation, input, signal, (request) =>
      this.#within(signal, async (inTime) => {
        const response = await this.#fetch(request, inTime, signal)
        const text = await response.text().catch((cause: unknown) => {
          signal?.throwIfAborted()
          throw noAnswer(this.settings, cause)
        })
        return this.#parse(operation, response.status, text)
      }),
    )
  }

  /** The answer of an operation that streams, once it has begun. Throws `CommitSuiteError`. */
  async open(operation: Operation, input: Input = {}, { signal }: CallOptions = {}): Promise<Response> {
    return await this.#persistently(operation, input, signal, (request) => this.#begin(request, signal))
  }

  /** All that an operation streams, as text; however long that takes, as long as something comes. */
  async text(operation: Operation, input: Input = {}, { signal }: CallOptions = {}): Promise<string> {
    return await this.#persistently(operation, input, signal, async (request) => {
      const response = await this.#begin(request, signal)
      const decoder = new TextDecoder()
      let text = ''
      for await (const piece of piecesOf(response, this.settings, signal))
        text += decoder.decode(piece, { stream: true })
      signal?.throwIfAborted()
      return text + decoder.decode()
    })
  }

  /** One try only. Throws `Failure`. */
  async tryToOpen(operation: Operation, input: Input, signal: AbortSignal | undefined): Promise<Response> {
    return await this.#begin(requestFor(this.settings, operation, input), signal)
  }

  async #persistently<T>(
    operation: Operation,
    input: Input,
    signal: AbortSignal | undefined,
    attempt: (request: ReturnType<typeof requestFor>) => Promise<T>,
  ): Promise<T> {
    const request = requestFor(this.settings, operation, input)
    const patience = new Patience(this.settings, signal)
    const repeatable = operation.method === 'GET' || operation.repeatable === true
    for (;;) {
      try {
        return await attempt(request)
      } catch (failure) {
        if (failure instanceof Failure && !repeatable && !failure.untouched) throw failure.error
        await patience.beforeNextTry(failure)
      }
    }
  }

  #begin(request: ReturnType<typeof requestFor>, signal: AbortSignal | undefined): Promise<Response> {
    return this.#within(signal, (inTime) => this.#fetch(request, inTime, signal))
  }

  /** Gives the work a signal that aborts when its time is over; a stream that has begun in time goes on. */
  async #within<T>(signal: AbortSignal | undefined, work: (inTime: AbortSignal) => Promise<T>): Promise<T> {
    const late = new AbortController()
    const { timeoutMs } = this.settings
    const timer = setTimeout(() => late.abort(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs)
    try {
      return await work(signal === undefined ? late.signal : AbortSignal.any([late.signal, signal]))
    } finally {
      clearTimeout(timer)
    }
  }

  async #fetch(
    { url, init }: ReturnType<typeof requestFor>,
    inTime: AbortSignal,
    signal: AbortSignal | undefined,
  ): Promise<Response> {
    signal?.throwIfAborted()
    let response: Response
    try {
      // A redirect might lead anywhere, and the key would go with it.
      response = await this.settings.fetch(url, { ...init, redirect: 'manual', signal: inTime })
    } catch (cause) {
      signal?.throwIfAborted()
      throw noAnswer(this.settings, cause)
    }
    if (response.ok) return response
    throw await refusalOf(this.settings, response)
  }

  #parse({ schema }: Operation, status: number, text: string): unknown {
    const answer = Object.entries(schema.response ?? {}).find(([known]) => Number(known) === status)?.[1]
    if (answer === undefined) throw notAGateway(this.settings, `answers ${status}, which says nothing here`)
    try {
      return answer.parse(text === '' ? null : JSON.parse(text))
    } catch (cause) {
      throw notAGateway(this.settings, 'answers something else than was asked for', cause)
    }
  }
}
