import { CommitSuiteError, invalidInput } from '../../contract/index.ts'
import { systemCode } from '../artifact-errors.ts'
import { describeS3Place, type S3Place } from './place.ts'

/** What an S3 server or its client says of a failed request. */
interface S3Fault {
  /** S3's word (`NoSuchBucket`), the system's (`ECONNREFUSED`), or the client's (`TimeoutError`). */
  code: string
  /** Of the answer; undefined where there was none. */
  status: number | undefined
  message: string
}

const CREDENTIALS = ' Credentials are looked for where AWS clients do: see docs/artifacts.md.'
const RIGHTS = ' The rights that are needed stand in docs/artifacts.md.'
const REGION = ' Set COMMIT_SUITE_S3_REGION to the region of the bucket.'
const ADVICE: Record<string, string> = {
  AccessDenied: RIGHTS,
  NoSuchBucket: ' Make the bucket, or correct COMMIT_SUITE_ARTIFACTS.',
  PermanentRedirect: REGION,
  AuthorizationHeaderMalformed: REGION,
  NoRegion: REGION,
  CredentialsProviderError: CREDENTIALS,
  InvalidAccessKeyId: CREDENTIALS,
  SignatureDoesNotMatch: CREDENTIALS,
  ExpiredToken: CREDENTIALS,
  ECONNREFUSED: ' Is COMMIT_SUITE_S3_ENDPOINT right, and does the server run?',
  ENOTFOUND: ' Is COMMIT_SUITE_S3_ENDPOINT right?',
}

/** Answers to `HEAD` have no body that would say what is the matter; the client has no code for all of them. */
const CODES_OF_STATUS: Record<number, string> = { 301: 'PermanentRedirect', 403: 'AccessDenied', 404: 'NotFound' }
const NAMELESS: ReadonlySet<string> = new Set(['', 'Error', 'Unknown', 'UnknownError', '301', '403', '404'])

/** Later tries of these would end the same. */
const FINAL: ReadonlySet<string> = new Set(['EntityTooLarge', 'KeyTooLongError'])

/** What went wrong, without the parts of the error that quote the request and its signature. */
export function s3Fault(error: unknown): S3Fault {
  if (!(error instanceof Error)) return { code: 'unknown', status: undefined, message: String(error) }
  const status = statusOf(error)
  const message = error.message === '' ? 'no reason was given' : error.message
  // Neither has a code of its own.
  if (message.startsWith('Region is missing') || message.startsWith('Region not accepted')) {
    return { code: 'NoRegion', status, message }
  }
  const named = NAMELESS.has(error.name) ? undefined : error.name
  const code = systemCode(error) ?? named ?? CODES_OF_STATUS[status ?? 0] ?? `HTTP ${status ?? 'without an answer'}`
  return { code, status, message }
}

function statusOf(error: Error): number | undefined {
  if (!('$metadata' in error) || typeof error.$metadata !== 'object' || error.$metadata === null) return undefined
  const status = 'httpStatusCode' in error.$metadata ? error.$metadata.httpStatusCode : undefined
  return typeof status === 'number' ? status : undefined
}

/** No object of that key, as against no such bucket. */
export const isMissingObject = (error: unknown): boolean => ['NoSuchKey', 'NotFound'].includes(s3Fault(error).code)

/** An offset behind the end of an object. */
export const isBehindEnd = (error: unknown): boolean => s3Fault(error).code === 'InvalidRange'

/**
 * `artifact_store_failed`, which is tried again: what a server refuses today, an operator allows tomorrow, and until
 * then what was to be stored stays where it is. The cause is put into words of ours: the error of the client quotes
 * requests.
 */
export function asS3Error(error: unknown, doing: string, place: S3Place, key: string): unknown {
  if (error instanceof CommitSuiteError) return error
  const { code, message } = s3Fault(error)
  if (FINAL.has(code)) return invalidInput('artifact', key, `${code}: ${message}`)
  const said = message.includes(code) ? message : `${code}: ${message}`
  return new CommitSuiteError(
    'artifact_store_failed',
    `Could not ${doing} ${key} in ${describeS3Place(place)}: ${said.replace(/\.$/, '')}.${ADVICE[code] ?? ''}`,
    { field: 'artifact', value: key, rule: code },
    { cause: new Error(`${code}: ${message}`) },
  )
}
