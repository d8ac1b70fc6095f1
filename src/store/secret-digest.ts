import { createHash, timingSafeEqual } from 'node:crypto'

/** SHA-256 in hex: enough for secrets of 256 random bits, which no dictionary holds. */
export const digestOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/** Compares two digests in a time that does not depend on where they differ. */
export const sameDigest = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
