/** Why something could not be delivered, and whether trying again may help. */
export class DeliveryFault extends Error {
  readonly retry: boolean
  /** What the other side asks to be left alone for, where it does. */
  readonly waitMs: number | undefined

  constructor(message: string, { retry, waitMs }: { retry: boolean; waitMs?: number | undefined }, cause?: unknown) {
    super(message, { cause })
    this.name = 'DeliveryFault'
    this.retry = retry
    this.waitMs = waitMs
  }
}

/** Of a header; undefined where it is not there. */
export type Header = (name: string) => string | undefined

/** An answer that is no success. */
export interface Refusal {
  /** Who answered, for people; never an address that is a secret. */
  who: string
  status: number
  header: Header
  /** Of whatever origin. */
  said: string
}

const LONGEST_SAID = 200
const TRY_AGAIN = new Set([408, 425, 429])
/** GitHub asks for that long after its secondary limits where it names no time. */
const AFTER_LIMIT_MS = 60_000
/** Beyond it, it is asked again all the same: clocks go wrong. */
const LONGEST_WAIT_MS = 2 * 3_600_000

/** Tells answers that may change from those that stay: rate limits and failing servers are tried again. */
export function faultOfAnswer({ who, status, header, said }: Refusal, nowMs: number = Date.now()): DeliveryFault {
  const limited = status === 429 || (status === 403 && isRateLimit(header, said))
  const retry = limited || TRY_AGAIN.has(status) || status >= 500
  const words = said.replace(/\s+/g, ' ').slice(0, LONGEST_SAID)
  const asked = waitAskedFor(header, nowMs)
  const waitMs = !retry ? undefined : (asked ?? (limited ? AFTER_LIMIT_MS : undefined))
  return new DeliveryFault(`${who} answered ${status}${words === '' ? '' : `: ${words}`}`, { retry, waitMs })
}

/** https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit */
const isRateLimit = (header: Header, said: string): boolean =>
  header('retry-after') !== undefined || header('x-ratelimit-remaining') === '0' || /secondary rate limit/i.test(said)

/** In seconds or as a date (RFC 9110, 10.2.3); else when the limit is renewed, in seconds since 1970. */
function waitAskedFor(header: Header, nowMs: number): number | undefined {
  const after = header('retry-after')
  const reset = header('x-ratelimit-remaining') === '0' ? header('x-ratelimit-reset') : undefined
  const untilMs =
    after === undefined ? Number(reset) * 1000 : /^\d+$/.test(after) ? nowMs + Number(after) * 1000 : Date.parse(after)
  if (!Number.isFinite(untilMs)) return undefined
  return Math.min(LONGEST_WAIT_MS, Math.max(1000, untilMs - nowMs))
}
