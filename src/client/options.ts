/** How to reach a gateway. */
export interface ClientOptions {
  /** `http(s)://host[:port][/prefix]`, without user, query and fragment. */
  url: string
  /** Sent as a header, to this address only. */
  key?: string | undefined
  fetch?: typeof globalThis.fetch
  /** Where the address was given, for messages. */
  urlField?: string
  /** How long one try of a call, or the beginning of a stream, may take. A start waits up to 30 s for a worker. */
  timeoutMs?: number
  /** How long a gateway that does not answer, or only with passing faults, is asked again. */
  patienceMs?: number
  /** The same for a stream that broke off: a gateway may be starting anew. */
  streamPatienceMs?: number
  /** The same where the key has made too many requests: its next minute is waited for. */
  longestWaitMs?: number
  /** A stream that brings nothing for so long is opened anew: its connection may have been lost without a word. */
  silenceMs?: number
}

export type Settings = Required<Omit<ClientOptions, 'key'>> & Pick<ClientOptions, 'key'>

export const DEFAULTS = {
  urlField: 'COMMIT_SUITE_URL',
  timeoutMs: 60_000,
  patienceMs: 10_000,
  streamPatienceMs: 60_000,
  longestWaitMs: 90_000,
  silenceMs: 60_000,
} as const
