import { invalidInput } from '../contract/index.ts'
import type { Database } from './write.ts'

export interface IdempotencyStore {
  /**
   * Binds a caller's token to a request and the id of the suite that it is to start; returns the id bound to it, now
   * or before. Throws `idempotency_conflict` where the token stood for another request.
   */
  bind(record: { caller: string; token: string; requestDigest: string; suite: string }): Promise<string>
}

/** As long as clients may repeat a request; older records go. */
const KEPT_MS = 7 * 24 * 3_600_000

export function idempotencyStore(db: Database): IdempotencyStore {
  return {
    async bind({ caller, token, requestDigest, suite }) {
      const now = Date.now()
      const oldest = new Date(now - KEPT_MS).toISOString()
      await db.deleteFrom('idempotency_records').where('created_at', '<', oldest).execute()
      await db
        .insertInto('idempotency_records')
        .values({ caller, token, request_digest: requestDigest, suite, created_at: new Date(now).toISOString() })
        .onConflict((conflict) => conflict.columns(['caller', 'token']).doNothing())
        .execute()
      const bound = await db
        .selectFrom('idempotency_records')
        .select(['request_digest', 'suite'])
        .where('caller', '=', caller)
        .where('token', '=', token)
        .executeTakeFirstOrThrow()
      if (bound.request_digest === requestDigest) return bound.suite
      const remedy = 'Use a new token for a new request.'
      throw invalidInput('Idempotency-Key', token, 'was used for another request', remedy, 'idempotency_conflict')
    },
  }
}
