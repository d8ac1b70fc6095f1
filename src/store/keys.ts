import { randomBytes } from 'node:crypto'
import type { Selectable } from 'kysely'
import { type CommitSuiteError, invalidInput, type Key, type NewKey } from '../contract/index.ts'
import type { Schema } from './schema.ts'
import { digestOf, sameDigest } from './secret-digest.ts'
import type { Database } from './write.ts'

/** A key as the gateway knows it: `id` stays the same for its life, names may be given again. */
export interface StoredKey extends Key {
  id: string
}

export interface KeyStore {
  /** Makes a key and returns its secret, shown this once; throws `key_conflict` where the name is taken. */
  create(key: NewKey): Promise<{ key: StoredKey; secret: string }>
  /** By name. */
  list(): Promise<StoredKey[]>
  /** Throws `key_not_found`; what the key was exchanged for goes with it. */
  revoke(name: string): Promise<void>
  /** The key with this secret; undefined where there is none. Compares in constant time. */
  find(secret: string): Promise<StoredKey | undefined>
  get(id: string): Promise<StoredKey | undefined>
  any(): Promise<boolean>
}

type Row = Selectable<Schema['api_keys']>

const SECRET = /^cs_([0-9a-f]{16})_[A-Za-z0-9_-]{43}$/

const keyOf = (row: Row): StoredKey => ({
  id: row.id,
  name: row.name,
  role: row.role,
  requestsPerMinute: row.requests_per_minute,
  openSuites: row.open_suites,
  createdAt: row.created_at,
})

/** Keys are `cs_<id>_<256 random bits>`: found by their id, proven by the digest of the whole. */
export function keyStore(db: Database): KeyStore {
  const byId = (id: string) => db.selectFrom('api_keys').selectAll().where('id', '=', id).executeTakeFirst()
  return {
    async create(asked) {
      const id = randomBytes(8).toString('hex')
      const secret = `cs_${id}_${randomBytes(32).toString('base64url')}`
      const row: Row = {
        id,
        name: asked.name,
        role: asked.role,
        digest: digestOf(secret),
        requests_per_minute: asked.requestsPerMinute,
        open_suites: asked.openSuites,
        created_at: new Date().toISOString(),
      }
      const inserted = await db
        .insertInto('api_keys')
        .values(row)
        .onConflict((conflict) => conflict.column('name').doNothing())
        .executeTakeFirst()
      if (inserted.numInsertedOrUpdatedRows === 1n) return { key: keyOf(row), secret }
      const remedy = 'Choose another name, or revoke that key first.'
      throw invalidInput('name', asked.name, 'is the name of another key', remedy, 'key_conflict')
    },

    list: async () => (await db.selectFrom('api_keys').selectAll().orderBy('name').execute()).map(keyOf),

    async revoke(name) {
      const { numDeletedRows } = await db.deleteFrom('api_keys').where('name', '=', name).executeTakeFirst()
      if (numDeletedRows === 0n) throw keyNotFound(name)
    },

    async find(secret) {
      const row = await byId(SECRET.exec(secret)?.[1] ?? '')
      // A secret of no key is compared as well, so that the time says nothing about ids.
      const same = sameDigest(digestOf(secret), row?.digest ?? digestOf(''))
      return row !== undefined && same ? keyOf(row) : undefined
    },

    async get(id) {
      const row = await byId(id)
      return row === undefined ? undefined : keyOf(row)
    },

    any: async () => (await db.selectFrom('api_keys').select('id').limit(1).executeTakeFirst()) !== undefined,
  }
}

function keyNotFound(name: string): CommitSuiteError {
  return invalidInput('name', name, 'is not the name of a key', 'See `commit-suite keys list`.', 'key_not_found')
}
