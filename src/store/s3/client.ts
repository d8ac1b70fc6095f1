import { S3Client } from '@aws-sdk/client-s3'
import type { S3Place } from './place.ts'

/** Of requests that may be repeated as they are; the last failure goes to whoever asked. */
export const ATTEMPTS = 3
const CONNECT_MS = 3_000
/** Without a byte in either direction. */
const SILENCE_MS = 10_000
/** From the first byte of a request to the first byte of its answer; what is sent adds to it. */
const ANSWER_MS = 10_000
const SLOWEST_BYTES_PER_MS = 250

/** The client would say on the terminal of the user that it does not repeat streams; we do. */
const QUIET = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }

/**
 * A client that finds its credentials where all AWS clients do: environment, files, web identity, the machine's role.
 * The caller destroys it.
 */
export const connectS3 = ({ endpoint, region, pathStyle }: S3Place): S3Client =>
  new S3Client({
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    forcePathStyle: pathStyle,
    maxAttempts: ATTEMPTS,
    retryMode: 'standard',
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
      requestTimeout: ANSWER_MS,
      // Else a breach is but a warning.
      throwOnRequestTimeout: true,
    },
    logger: QUIET,
  })

/** How long a request that sends so much may take until it is answered. */
export const answerTimeoutMs = (sentBytes: number): number => ANSWER_MS + Math.ceil(sentBytes / SLOWEST_BYTES_PER_MS)
