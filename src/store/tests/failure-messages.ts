import type { Database } from '../write.ts'
import { fingerprintNumber } from './fingerprint.ts'
import { inPieces } from './in-pieces.ts'
import type { KeptFailure } from './normalised-tests.ts'

/** Keeps a message for each fingerprint that the suite has none of yet: nearly always there is nothing to write. */
export async function keepMessages(db: Database, suite: string, failed: readonly KeptFailure[]): Promise<void> {
  const messages = new Map(failed.map(({ fingerprint, message }) => [fingerprintNumber(fingerprint), message]))
  for await (const piece of inPieces([...messages])) {
    const known = await knownFingerprints(
      db,
      suite,
      piece.map(([fingerprint]) => fingerprint),
    )
    const rows = piece.flatMap(([fingerprint, message]) =>
      known.has(fingerprint) ? [] : [{ suite, fingerprint, message }],
    )
    if (rows.length === 0) continue
    await db
      .insertInto('failure_messages')
      .values(rows)
      .onConflict((conflict) => conflict.columns(['suite', 'fingerprint']).doNothing())
      .execute()
  }
}

async function knownFingerprints(db: Database, suite: string, fingerprints: readonly number[]): Promise<Set<number>> {
  const rows = await db
    .selectFrom('failure_messages')
    .select('fingerprint')
    .where('suite', '=', suite)
    .where('fingerprint', 'in', fingerprints)
    .execute()
  return new Set(rows.map(({ fingerprint }) => Number(fingerprint)))
}
