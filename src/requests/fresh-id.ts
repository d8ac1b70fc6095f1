import { randomBytes } from 'node:crypto'

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

/** A fresh id: `prefix` and as many random base32 characters as asked for. */
export function freshId(prefix: string, characters: number): string {
  return prefix + Array.from(randomBytes(characters), (byte) => BASE32[byte & 31]).join('')
}
