import { CommitSuiteError } from '../../contract/index.ts'

/** What an error means for whoever asked: see `faultOf`. */
type Fault = 'lost' | 'taken back' | 'unavailable' | 'too long' | 'statement'

/** The server took the transaction back because of another one: serialization failure, deadlock, a lock not given. */
const TAKEN_BACK: ReadonlySet<string> = new Set(['40001', '40P01', '55P03'])

/** The server ends or refuses the connection: shut down, starting, timed out, no room. */
const CONNECTION_ENDED: ReadonlySet<string> = new Set([
  ...['57P01', '57P02', '57P03', '57P05', '25P03', '53300'],
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN'],
  // No socket file: a server on this host that is down.
  'ENOENT',
])

/** Classes of SQLSTATE that blame the statement: data, constraints, syntax and names; they are faults of ours. */
const OF_STATEMENTS: readonly string[] = ['0A', '22', '23', '42']
const NO_PRIVILEGE = '42501'
/** An entry of an index has at most 2,704 bytes; SQLite knows no such limit. */
const TOO_LONG = '54000'
/** A server that takes no writes, unless we asked for that: what was the primary until a failover. */
const READ_ONLY = '25006'

/** What `pg` says of its own accord, without a code. */
const LOST_WORDS =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client (was|has))/

const codeOf = (error: Error): string | undefined =>
  'code' in error && typeof error.code === 'string' ? error.code : undefined

/**
 * Tells apart: the connection is `lost`, or cannot be had, at the moment; the transaction was `taken back`; the database
 * is `unavailable` until somebody does something about it; a text is `too long` to be found by; the `statement` is wrong. See
 * https://www.postgresql.org/docs/current/errcodes-appendix.html.
 */
export function faultOf(error: unknown, readOnly = false): Fault {
  if (!(error instanceof Error)) return 'statement'
  const code = codeOf(error)
  if (code === undefined) return LOST_WORDS.test(error.message) ? 'lost' : 'statement'
  if (TAKEN_BACK.has(code)) return 'taken back'
  if (code === TOO_LONG) return 'too long'
  if (code === READ_ONLY) return readOnly ? 'unavailable' : 'lost'
  if (CONNECTION_ENDED.has(code) || code.startsWith('08')) return 'lost'
  if (code !== NO_PRIVILEGE && OF_STATEMENTS.includes(code.slice(0, 2))) return 'statement'
  return 'unavailable'
}

/** `store_unavailable` in words that name the database, never its user or password. */
export function unavailable(place: string, cause: unknown, advice = ''): CommitSuiteError {
  return new CommitSuiteError('store_unavailable', messageOf(place, cause) + advice, {}, { cause })
}

export const messageOf = (place: string, cause: unknown): string =>
  `the result database ${place}: ${cause instanceof Error ? cause.message || codeOf(cause) : String(cause)}`

/** No other try could end better. */
export const tooLong = (place: string, cause: unknown): CommitSuiteError =>
  new CommitSuiteError(
    'invalid_input',
    `${messageOf(place, cause)}. Shorten the address of the repository or the names of its tests: together 2,600 bytes at most.`,
    { rule: 'at most 2,600 bytes' },
    { cause },
  )
