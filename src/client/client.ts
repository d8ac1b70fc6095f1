import type { IsolationEvent, SearchEvent, SuiteEvent, SuiteReport } from '../contract/index.ts'
import { gatewayAddress, sendableKey } from './address.ts'
import { type Calls, callsOf } from './calls.ts'
import { type EventOptions, followEvents, followIsolation, followSearch } from './events.ts'
import { type LogOptions, readLog } from './log.ts'
import { type ClientOptions, DEFAULTS } from './options.ts'
import { readReport } from './report.ts'
import { type CallOptions, Transport } from './transport.ts'

/** A gateway, called by methods: one for each of its operations, and its streams as generators that resume. */
export interface Client extends Calls {
  /** The gateway's address. */
  readonly url: string
  /** Events of a suite in order, each once, until the suite has ended; connections that break are made again. */
  events(suite: string, options?: EventOptions): AsyncGenerator<SuiteEvent>
  /** The same, as many at a time as come together. */
  eventBatches(suite: string, options?: EventOptions): AsyncGenerator<SuiteEvent[]>
  /** Events of a search in the same way. */
  searchEventBatches(search: string, options?: EventOptions): AsyncGenerator<SearchEvent[]>
  /** Events of an isolation in the same way. */
  isolationEventBatches(isolation: string, options?: EventOptions): AsyncGenerator<IsolationEvent[]>
  /** The whole report of a suite, every run in it. */
  report(suite: string, options?: CallOptions): Promise<SuiteReport>
  /** What a run wrote, byte for byte; a stream that breaks off is resumed at that byte. */
  log(run: string, options?: LogOptions): AsyncGenerator<Uint8Array>
}

/**
 * A client of the gateway at `url`. It works in browsers too. Throws `invalid_input` for an address or key that cannot be
 * one; its methods throw `CommitSuiteError` with the code of the gateway's answer, or `gateway_unavailable`.
 */
export function createClient({ url, key, ...options }: ClientOptions): Client {
  const { urlField = DEFAULTS.urlField } = options
  const transport = new Transport({
    ...DEFAULTS,
    fetch: globalThis.fetch.bind(globalThis),
    ...options,
    url: gatewayAddress(url, urlField),
    key: sendableKey(key),
  })
  return {
    ...callsOf(transport),
    url: transport.settings.url,
    async *events(suite, given) {
      for await (const batch of followEvents(transport, suite, given)) yield* batch
    },
    eventBatches: (suite, given) => followEvents(transport, suite, given),
    searchEventBatches: (search, given) => followSearch(transport, search, given),
    isolationEventBatches: (isolation, given) => followIsolation(transport, isolation, given),
    report: (suite, given) => readReport(transport, suite, given),
    log: (run, given) => readLog(transport, run, given),
  }
}
