import type { Config } from '../../config.ts'
import { PAYLOAD_KEYS, readPayloadKeys } from '../payloads/key-file.ts'
import { type Check, failed, ok } from './check.ts'

/** The file of keys: whether it is private and whole. */
export function checkPayloadKeys({ payloadKeysFile }: Pick<Config, 'payloadKeysFile'>): Check {
  if (payloadKeysFile === undefined) return ok(PAYLOAD_KEYS, 'not set; Temporal keeps what suites are asked in plain')
  try {
    const ids = readPayloadKeys(payloadKeysFile).map(({ id }) => id)
    return ok(
      PAYLOAD_KEYS,
      `${payloadKeysFile}: ${ids.at(-1)} encrypts${ids.length > 1 ? `, ${ids.length} decrypt` : ''}`,
    )
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return failed(PAYLOAD_KEYS, message, 'Correct the file; docs/security.md describes it.')
  }
}
