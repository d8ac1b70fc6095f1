import { CommitSuiteError } from '../../../contract/index.ts'
import { isRefusal } from './refusal.ts'

/** No answer came: the connection failed or broke, or the server did not answer in time. */
export class NoAnswer extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'NoAnswer'
  }
}

const TRANSIENT = new Set([429, 500, 502, 503, 504])

/** Whether the same request may succeed later, as far as the answer tells. */
export function isAway(error: unknown): boolean {
  if (error instanceof NoAnswer) return true
  if (!isRefusal(error)) return false
  if (TRANSIENT.has(error.status)) return true
  // Pods made at the same moment compete for the counters of a quota; that conflict is not about the pod.
  return error.status === 409 && error.details.kind === 'resourcequotas'
}

/** The context and server are named in every message about a cluster that does not answer. */
export interface ClusterAddress {
  context: string
  server: string
}

export function unavailable({ context, server }: ClusterAddress, cause: unknown): CommitSuiteError {
  const why = cause instanceof Error ? cause.message : String(cause)
  const remedy = 'Check that the API server runs and can be reached from the worker.'
  const message = `The cluster of context ${context} (${server}) does not answer: ${why}. ${remedy}`
  return new CommitSuiteError(
    'cluster_unavailable',
    message,
    { field: 'cluster.context', value: context, remedy },
    { cause },
  )
}

/** What went wrong below `fetch`, which itself says no more than "fetch failed". */
export function deepestCause(error: unknown): { code: string | undefined; message: string } {
  let at = error
  let code: string | undefined
  for (let depth = 0; at instanceof Error && depth < 8; depth++) {
    code = ('code' in at && typeof at.code === 'string' ? at.code : undefined) ?? code
    const below = at instanceof AggregateError ? at.errors[0] : at.cause
    if (!(below instanceof Error)) break
    at = below
  }
  const message = at instanceof Error ? at.message : String(at)
  return { code, message: message === '' ? (code ?? 'unknown cause') : message }
}
