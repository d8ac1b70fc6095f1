import { DefaultFailureConverter } from '@temporalio/common'

/** Messages and stack traces of failures as payloads, which the codec encrypts. Loaded by name, where there are keys. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true })
