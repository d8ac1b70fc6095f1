import { CommitSuiteError, type ErrorDetail } from '../src/contract/index.ts'
import { maskText } from './mask-secrets.ts'

/**
 * The error with secrets masked in all that logs, events and histories get of it. Where it held one, its stack is that
 * of here and its cause is left out: both may repeat the message.
 */
export function withoutSecrets(patterns: readonly Buffer[], error: CommitSuiteError): CommitSuiteError {
  const message = maskText(patterns, error.message)
  const detail = maskDetail(patterns, error.detail)
  const caused = error.cause === undefined ? '' : String(error.cause)
  if (message === error.message && detail === error.detail && maskText(patterns, caused) === caused) return error
  return new CommitSuiteError(error.code, message, detail)
}

function maskDetail(patterns: readonly Buffer[], detail: ErrorDetail): ErrorDetail {
  const text = JSON.stringify(detail)
  const masked = maskText(patterns, text)
  return masked === text ? detail : JSON.parse(masked)
}
