/**
 * `gone`: there is no such pod or container that runs, so asking again is no use. `lost`: the connection broke, or the
 * command could not be started for a reason that passes. `refused`: the cluster will not start it.
 */
export type ExecFault = 'refused' | 'lost' | 'gone'

/** A command in a pod that was not started, or whose end nobody will tell. */
export class ExecFailed extends Error {
  readonly kind: ExecFault
  /** HTTP status of the handshake, where that failed. */
  readonly status: number | undefined

  constructor(kind: ExecFault, message: string, status?: number, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ExecFailed'
    this.kind = kind
    this.status = status
  }
}

// API server, kubelet, containerd and runc each say it in their own words, and only in words.
const GONE =
  /not found in pod|container not found|container .* not found|is not running|not running|pod .* does not exist|pods? .*not found|stopped|not created|no such task|task .* not found|cannot exec in a (deleted|stopped)|completed pod/i
const PASSING =
  /temporarily unavailable|connection refused|connection reset|broken pipe|timed? ?out|deadline exceeded|\bEOF\b|dial tcp|Unavailable|too many/i
const TRANSIENT = new Set([429, 502, 503, 504])

/** What an answer means for the command that was to be started. */
export function execFault(message: string, status?: number): ExecFailed {
  return new ExecFailed(faultOf(message, status), message, status)
}

function faultOf(message: string, status: number | undefined): ExecFault {
  if (status === 404) return 'gone'
  if (/executable file not found|no such file or directory/i.test(message)) return 'refused'
  if (PASSING.test(message)) return 'lost'
  if (GONE.test(message) && status !== 401 && status !== 403) return 'gone'
  return status !== undefined && TRANSIENT.has(status) ? 'lost' : 'refused'
}
