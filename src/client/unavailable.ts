import { CommitSuiteError } from '../contract/index.ts'
import { Failure } from './failure.ts'
import type { Settings } from './options.ts'

type Place = Pick<Settings, 'url' | 'urlField'>

const REMEDY = 'Start one there with commit-suite serve, or correct the address.'

/** `gateway_unavailable`, naming the address, what was the matter and what to do. */
export function unavailable(
  { url, urlField }: Place,
  rule: string,
  remedy = REMEDY,
  cause?: unknown,
): CommitSuiteError {
  const message = `${urlField}: ${JSON.stringify(url)} – ${rule}. ${remedy}`
  const detail = { field: urlField, value: url, rule, remedy }
  return new CommitSuiteError('gateway_unavailable', message, detail, cause === undefined ? {} : { cause })
}

/** What a system calls the reasons for which no connection came about; with these, nothing was sent. */
const NOT_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

/** A call that got no answer, or none to its end. */
export function noAnswer(place: Place, cause: unknown): Failure {
  const code = systemCode(cause)
  const why = code === undefined ? '' : ` (${code})`
  const error = unavailable(place, `the gateway does not answer${why}`, REMEDY, cause)
  return new Failure(error, { passing: true, untouched: code !== undefined && NOT_CONNECTED.has(code) })
}

/** `fetch` wraps what went wrong, at times in several layers. */
function systemCode(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if ('code' in at && typeof at.code === 'string') return at.code
    if (at instanceof AggregateError) return systemCode(at.errors[0])
  }
  return undefined
}

/** What answered is no gateway, or one of another version. */
export const notAGateway = (place: Place, what: string, cause?: unknown): CommitSuiteError =>
  unavailable(place, what, 'Check that a gateway of Commit Suite answers at this address, and its version.', cause)
