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
const GONE = [
  /container not found/i,
  /\bpods? .*(not found|does not exist)/i,
  /container .* not found in pod/i,
  /(is )?not running/i,
  /container is in CONTAINER_\w+ state/,
  /container not created/,
  /task \S+ not found/,
  /cannot exec in a \w+ (state|container)/,
  /cannot exec (in|into) a container in a completed pod/i,
]
const REFUSED =
  /executable file not found|no such file or directory|permission denied|exec format error|(is a|not a) directory/i
const TRANSIENT = new Set([429, 500, 502, 503, 504])

/** What an answer means for the command that was to be started; `status` is that of a failed handshake. */
export function execFault(message: string, status?: number): ExecFailed {
  return new ExecFailed(faultOf(message, status), message, status)
}

function faultOf(message: string, status: number | undefined): ExecFault {
  if (status === 404) return 'gone'
  if (status === 401 || status === 403) return 'refused'
  if (GONE.some((words) => words.test(message))) return 'gone'
  // Once the handshake was done, runtimes fail in many ways while a container ends or is short of processes.
  if (status === undefined) return REFUSED.test(message) ? 'refused' : 'lost'
  return TRANSIENT.has(status) ? 'lost' : 'refused'
}
