import { randomBytes } from 'node:crypto'
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { invalidInput } from '../../contract/index.ts'

/** Names the file with the keys, one a line: `ID BASE64`, the newest last. */
export const PAYLOAD_KEYS = 'COMMIT_SUITE_PAYLOAD_KEYS'

export interface PayloadKey {
  /** Stands readable beside everything that the key encrypts. */
  id: string
  /** 32 bytes: AES-256. */
  secret: Buffer
}

const KEY_BYTES = 32
const KEY_ID = /^[a-z0-9][a-z0-9-]{0,39}$/
/** 32 bytes, canonical: what `openssl rand -base64 32` prints. */
const KEY_BASE64 = /^[A-Za-z0-9+/]{43}=$/
/** Others: anything. The group: writing; a secret mounted into a pod is read by it. */
const TOO_OPEN = 0o027
const REMEDY = 'Make one with `commit-suite payload-keys create FILE`.'

const bad = (path: string, rule: string, remedy = REMEDY) =>
  invalidInput(PAYLOAD_KEYS, path, rule, remedy, 'config_invalid')

/**
 * The keys of a file, the oldest first; the last one encrypts. Throws `config_invalid` naming setting, file, line and
 * rule, and never what stands there. Mode and content are those of one opened file, so that neither can be exchanged.
 */
export function readPayloadKeys(path: string): PayloadKey[] {
  const text = readPrivately(path)
  const keys: PayloadKey[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const [id = '', secret = '', ...more] = line.trim().split(/\s+/)
    const at = `line ${index + 1}`
    if (more.length > 0 || secret === '') throw bad(path, `${at} is not an id and a key with a blank between`)
    if (!KEY_ID.test(id)) throw bad(path, `${at} begins with an id that does not match ${KEY_ID.source}`)
    if (!KEY_BASE64.test(secret)) throw bad(path, `${at} has a key that is not ${KEY_BYTES} bytes in base64`)
    if (keys.some((key) => key.id === id)) throw bad(path, `${at} has the id ${id} a second time`)
    keys.push({ id, secret: Buffer.from(secret, 'base64') })
  }
  if (keys.length === 0) throw bad(path, 'holds no key')
  return keys
}

/** None where no file is named. */
export const keysOf = (path: string | undefined): PayloadKey[] => (path === undefined ? [] : readPayloadKeys(path))

function readPrivately(path: string): string {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    throw bad(path, `cannot be read (${error instanceof Error && 'code' in error ? error.code : error})`)
  }
  try {
    const stat = fstatSync(file)
    if (!stat.isFile()) throw bad(path, 'is not a file')
    const mode = stat.mode & 0o777
    if ((mode & TOO_OPEN) !== 0) {
      const rule = `has mode ${mode.toString(8).padStart(4, '0')}: others may read it, or the group may write it`
      throw bad(path, rule, `Say: chmod 600 ${path}`)
    }
    return readFileSync(file, 'utf8')
  } finally {
    closeSync(file)
  }
}

/** Adds a new key at the end of the file, which is made with mode 0600 where there is none; returns its id. */
export async function addPayloadKey(path: string): Promise<string> {
  const id = `${new Date().toISOString().slice(0, 10)}-${randomBytes(4).toString('hex')}`
  const line = `${id} ${randomBytes(KEY_BYTES).toString('base64')}\n`
  const made = await openNew(path)
  const file = made ?? (await open(path, 'a'))
  try {
    // Whoever adds to a file that is not one of ours, or is open to others, is to know before.
    if (made === undefined) readPayloadKeys(path)
    const before = readFileSync(path, 'utf8')
    await file.appendFile(before === '' || before.endsWith('\n') ? line : `\n${line}`)
    await file.sync()
  } finally {
    await file.close()
  }
  return id
}

/** Undefined where there is one. */
async function openNew(path: string) {
  try {
    return await open(path, 'ax', 0o600)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return undefined
    throw invalidInput('FILE', path, `cannot be made (${error instanceof Error ? error.message : error})`)
  }
}
