import { createHash } from 'node:crypto'
import type { SessionRef } from '../contract/index.ts'

const LONGEST_NAME = 63
/** Lower-case letters, digits and single hyphens: what a DNS label may hold. */
const asLabel = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')

/** `im-<chat>-<user>`, made fit for DNS; another session whose name would be the same gets a hash behind it. */
export function sessionNamespace({ chat, user, key }: SessionRef, hashed: boolean): string {
  const plain = ['im', asLabel(chat), asLabel(user)].filter((part) => part !== '').join('-')
  if (!hashed && plain.length <= LONGEST_NAME) return plain
  const digest = createHash('sha256')
    .update(JSON.stringify([chat, user, key]))
    .digest('hex')
  const suffix = `-${digest.slice(0, 8)}`
  return plain.slice(0, LONGEST_NAME - suffix.length).replace(/-+$/, '') + suffix
}

/** The names that a session's place may have, in the order in which they are tried. */
export function sessionNames(session: SessionRef): readonly [string, ...string[]] {
  const plain = sessionNamespace(session, false)
  const hashed = sessionNamespace(session, true)
  return plain === hashed ? [plain] : [plain, hashed]
}
