/**
 * The one catalogue of errors. `retryable` tells Temporal whether to try again; `status` is the HTTP
 * status of the problem document; `exit` the exit code of the command line. A failing test is never an error.
 */
export const ERRORS = {
  invalid_input: { retryable: false, status: 400, exit: 2 },
  repo_not_found: { retryable: false, status: 400, exit: 2 },
  repo_not_allowed: { retryable: false, status: 400, exit: 2 },
  repo_empty: { retryable: false, status: 400, exit: 2 },
  ref_not_found: { retryable: false, status: 400, exit: 2 },
  suite_too_large: { retryable: false, status: 400, exit: 2 },
  suite_not_found: { retryable: false, status: 404, exit: 2 },
  run_not_found: { retryable: false, status: 404, exit: 2 },
  commit_not_found: { retryable: false, status: 404, exit: 2 },
  artifact_not_found: { retryable: false, status: 404, exit: 2 },
  suite_conflict: { retryable: false, status: 409, exit: 2 },
  /** Another extension of the suite came first, or one that was expected did not. */
  extension_conflict: { retryable: false, status: 409, exit: 2 },
  suite_not_running: { retryable: false, status: 409, exit: 2 },
  search_too_large: { retryable: false, status: 400, exit: 2 },
  search_not_found: { retryable: false, status: 404, exit: 2 },
  search_conflict: { retryable: false, status: 409, exit: 2 },
  search_not_running: { retryable: false, status: 409, exit: 2 },
  isolation_not_found: { retryable: false, status: 404, exit: 2 },
  isolation_conflict: { retryable: false, status: 409, exit: 2 },
  isolation_not_running: { retryable: false, status: 409, exit: 2 },
  sweep_not_found: { retryable: false, status: 404, exit: 2 },
  sweep_conflict: { retryable: false, status: 409, exit: 2 },
  /** No run and no file of the commit has a test of that name. */
  test_not_found: { retryable: false, status: 400, exit: 2 },
  /** No judged run that the caller may see had a test of that name. */
  history_not_found: { retryable: false, status: 404, exit: 2 },
  template_not_found: { retryable: false, status: 400, exit: 2 },
  template_invalid: { retryable: false, status: 500, exit: 2 },
  config_invalid: { retryable: false, status: 400, exit: 2 },
  secret_not_set: { retryable: false, status: 400, exit: 2 },
  not_supported: { retryable: false, status: 400, exit: 2 },
  isolation_unavailable: { retryable: false, status: 503, exit: 3 },
  setup_failed: { retryable: false, status: 422, exit: 3 },
  submodules_needed: { retryable: false, status: 422, exit: 3 },
  temporal_unavailable: { retryable: true, status: 503, exit: 3 },
  supervisor_failed: { retryable: true, status: 503, exit: 3 },
  fetch_failed: { retryable: true, status: 502, exit: 3 },
  environment_lost: { retryable: true, status: 503, exit: 3 },
  /** A worker that was told to end gives its lanes away: they go on at another one. */
  host_left: { retryable: false, status: 503, exit: 3 },
  runner_lost: { retryable: true, status: 503, exit: 3 },
  run_lost: { retryable: true, status: 503, exit: 3 },
  cluster_invalid: { retryable: false, status: 400, exit: 2 },
  cluster_unavailable: { retryable: true, status: 503, exit: 3 },
  environment_conflict: { retryable: false, status: 409, exit: 3 },
  environment_refused: { retryable: false, status: 422, exit: 3 },
  image_unavailable: { retryable: true, status: 503, exit: 3 },
  unschedulable: { retryable: true, status: 503, exit: 3 },
  pod_evicted: { retryable: true, status: 503, exit: 3 },
  pod_preempted: { retryable: true, status: 503, exit: 3 },
  pod_deleted: { retryable: true, status: 503, exit: 3 },
  pod_failed: { retryable: true, status: 503, exit: 3 },
  node_lost: { retryable: true, status: 503, exit: 3 },
  store_unavailable: { retryable: true, status: 503, exit: 3 },
  artifact_store_failed: { retryable: true, status: 503, exit: 3 },
  /** Temporal holds payloads under a key that this process has not; another worker may have it. */
  payload_key_missing: { retryable: true, status: 503, exit: 2 },
  tries_used_up: { retryable: false, status: 503, exit: 3 },
  /** A job did not end within the time that its repository's file gives it as a whole. */
  job_timed_out: { retryable: false, status: 504, exit: 3 },
  /** No key, or one that is not known. */
  unauthorized: { retryable: false, status: 401, exit: 2 },
  /** The key's role does not reach that far. */
  forbidden: { retryable: false, status: 403, exit: 2 },
  /** A page of another origin asked, or by a name that is not this host's. */
  origin_not_allowed: { retryable: false, status: 403, exit: 2 },
  isolation_not_allowed: { retryable: false, status: 400, exit: 2 },
  /** The host of a repository has a private address, or one of this machine. */
  address_not_allowed: { retryable: false, status: 400, exit: 2 },
  secret_not_allowed: { retryable: false, status: 400, exit: 2 },
  rate_limited: { retryable: true, status: 429, exit: 3 },
  /** The key has as many open suites as it may have. */
  too_many_suites: { retryable: true, status: 429, exit: 3 },
  key_not_found: { retryable: false, status: 404, exit: 2 },
  key_conflict: { retryable: false, status: 409, exit: 2 },
  idempotency_conflict: { retryable: false, status: 409, exit: 2 },
  environment_not_found: { retryable: false, status: 404, exit: 2 },
  route_not_found: { retryable: false, status: 404, exit: 2 },
  body_too_large: { retryable: false, status: 413, exit: 2 },
  media_type_not_supported: { retryable: false, status: 415, exit: 2 },
  /** The gateway is ending; another one, or the same in a moment, takes the request. */
  draining: { retryable: true, status: 503, exit: 3 },
  /** Who was to be told of a suite's end does not answer, or refuses. */
  notification_failed: { retryable: true, status: 502, exit: 3 },
  /** The gateway of COMMIT_SUITE_URL does not answer, or not as one. */
  gateway_unavailable: { retryable: true, status: 503, exit: 3 },
  internal: { retryable: true, status: 500, exit: 3 },
} as const
export type ErrorCode = keyof typeof ERRORS

/** What a message about a bad value always says: where it stood, what it was, which rule it broke. */
export interface ErrorDetail {
  field?: string
  value?: unknown
  rule?: string
  remedy?: string
}

/** Thrown wherever Commit Suite itself cannot go on; carries a code of the catalogue. */
export class CommitSuiteError extends Error {
  readonly code: ErrorCode
  readonly detail: ErrorDetail

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CommitSuiteError'
    this.code = code
    this.detail = detail
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable
  }

  get exitCode(): number {
    return ERRORS[this.code].exit
  }
}

const LONGEST_QUOTE = 200

/** Quotes a received value in a message: JSON, shortened, so that control characters stay visible. */
export function quoteValue(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length <= LONGEST_QUOTE ? text : `${text.slice(0, LONGEST_QUOTE)}…`
}

/** A bad value: the message names field, value and rule, and what to do where that is known. */
export function invalidInput(
  field: string,
  value: unknown,
  rule: string,
  remedy?: string,
  code: ErrorCode = 'invalid_input',
): CommitSuiteError {
  const advice = remedy === undefined ? '' : ` ${remedy}`
  return new CommitSuiteError(code, `${field}: ${quoteValue(value)} – ${rule}.${advice}`, {
    field,
    value,
    rule,
    ...(remedy === undefined ? {} : { remedy }),
  })
}
