import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Payload, PayloadCodec } from '@temporalio/common'
import proto, { type temporal } from '@temporalio/proto'
import { CommitSuiteError } from '../../contract/index.ts'
import { PAYLOAD_KEYS, type PayloadKey } from './key-file.ts'

/** In the metadata of a payload of ours; the id of its key stands beside it. */
const ENCODING = 'binary/commit-suite-aes256gcm'
const KEY_ID = 'commit-suite-key-id'

const CIPHER = 'aes-256-gcm'
/** Random ones of 96 bits: NIST SP 800-38D allows 2³² payloads a key. */
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** CommonJS, whose names Node cannot see. */
const { Payload: PayloadMessage } = proto.temporal.api.common.v1
type Proto = temporal.api.common.v1.IPayload

/**
 * Encrypts payloads with the last of `keys`, and decrypts those of all of them. Without keys payloads leave as they
 * are. What another client sent without our encoding passes as it is, so that suites may be started by hand.
 *
 * Throws `payload_key_missing` for a key that it has not: that is retryable, as another worker may have it.
 */
export function payloadCodec(keys: readonly PayloadKey[]): PayloadCodec {
  const newest = keys.at(-1)
  const byId = new Map(keys.map((key) => [key.id, key]))
  return {
    encode: async (payloads) => (newest === undefined ? payloads : payloads.map((payload) => encrypt(newest, payload))),
    decode: async (payloads) => payloads.map((payload) => (isEncrypted(payload) ? decrypt(byId, payload) : payload)),
  }
}

const text = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString()

const isEncrypted = ({ metadata }: Payload): boolean => text(metadata?.encoding) === ENCODING

function encrypt({ id, secret }: PayloadKey, payload: Payload): Payload {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, secret, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(id))
  const plain = PayloadMessage.encode(payload as Proto).finish()
  const data = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  return { metadata: { encoding: Buffer.from(ENCODING), [KEY_ID]: Buffer.from(id) }, data }
}

function decrypt(keys: ReadonlyMap<string, PayloadKey>, { metadata, data }: Payload): Payload {
  const id = text(metadata?.[KEY_ID])
  const key = keys.get(id)
  if (key === undefined) throw keyMissing(id, keys)
  const bytes = Buffer.from(data ?? [])
  const tagAt = bytes.length - TAG_BYTES
  if (tagAt < NONCE_BYTES) throw new Error(`A payload under the key ${id} is cut short.`)
  const decipher = createDecipheriv(CIPHER, key.secret, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(id)).setAuthTag(bytes.subarray(tagAt))
  const plain = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, tagAt)), decipher.final()])
  return PayloadMessage.decode(plain)
}

function keyMissing(id: string, keys: ReadonlyMap<string, PayloadKey>): CommitSuiteError {
  const held = keys.size === 0 ? 'this process has none' : `this process has ${[...keys.keys()].join(', ')}`
  const rule = `payloads are encrypted with the key ${id}, and ${held}`
  const remedy = `Set ${PAYLOAD_KEYS} to a file with that key for every worker, gateway and command.`
  return new CommitSuiteError('payload_key_missing', `${PAYLOAD_KEYS}: ${rule}. ${remedy}`, {
    ...{ field: PAYLOAD_KEYS, value: id, rule, remedy },
  })
}
