import { randomBytes } from 'node:crypto'
import { digestOf } from './secret-digest.ts'
import type { Database } from './write.ts'

export interface BrowserSessionStore {
  /** Starts a session of a key and returns the value of its cookie. */
  create(keyId: string, lifetimeMs: number): Promise<string>
  /** Id of the key that a cookie stands for; undefined for one that is unknown or has expired. */
  keyOf(cookie: string): Promise<string | undefined>
  end(cookie: string): Promise<void>
}

export function browserSessionStore(db: Database): BrowserSessionStore {
  return {
    async create(keyId, lifetimeMs) {
      const now = Date.now()
      const cookie = randomBytes(32).toString('base64url')
      await db.deleteFrom('browser_sessions').where('expires_at', '<=', new Date(now).toISOString()).execute()
      await db
        .insertInto('browser_sessions')
        .values({
          digest: digestOf(cookie),
          key_id: keyId,
          expires_at: new Date(now + lifetimeMs).toISOString(),
        })
        .execute()
      return cookie
    },

    async keyOf(cookie) {
      const row = await db
        .selectFrom('browser_sessions')
        .select('key_id')
        .where('digest', '=', digestOf(cookie))
        .where('expires_at', '>', new Date().toISOString())
        .executeTakeFirst()
      return row?.key_id
    },

    async end(cookie) {
      await db.deleteFrom('browser_sessions').where('digest', '=', digestOf(cookie)).execute()
    },
  }
}
