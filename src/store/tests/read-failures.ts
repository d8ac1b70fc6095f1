import type { Database } from '../write.ts'
import { fingerprintNumber, fingerprintText } from './fingerprint.ts'
import { decodeIds } from './id-set.ts'
import { inPieces } from './in-pieces.ts'
import type { RecordedTests } from './recorded-tests.ts'

/** Fingerprints of tests, and of what failed beside them, by set. */
export async function readFailures(
  db: Database,
  sets: readonly number[],
): Promise<Pick<RecordedTests, 'failures' | 'outside'>> {
  const failures = new Map<number, Map<number, string | null>>()
  const outside = new Map<number, Map<number, string>>()
  for await (const piece of inPieces(sets)) {
    const kept = await db.selectFrom('failure_sets').select(['id', 'beyond']).where('id', 'in', piece).execute()
    for (const { id, beyond } of kept) {
      failures.set(id, new Map(decodeIds(beyond).map((test) => [test, null])))
      outside.set(id, new Map())
    }
    const rows = await db
      .selectFrom('test_failures')
      .select(['failure_set', 'test', 'outside', 'fingerprint'])
      .where('failure_set', 'in', piece)
      .execute()
    for (const { failure_set, test, outside: isOutside, fingerprint } of rows) {
      const named = (isOutside === 1 ? outside : failures).get(failure_set)
      named?.set(test, fingerprintText(Number(fingerprint)))
    }
  }
  return { failures, outside }
}

/** Messages of a suite by fingerprint. */
export async function readMessages(
  db: Database,
  suite: string,
  fingerprints: readonly string[],
): Promise<Map<string, string>> {
  const messages = new Map<string, string>()
  for await (const piece of inPieces(fingerprints.map(fingerprintNumber))) {
    const rows = await db
      .selectFrom('failure_messages')
      .select(['fingerprint', 'message'])
      .where('suite', '=', suite)
      .where('fingerprint', 'in', piece)
      .execute()
    for (const { fingerprint, message } of rows) messages.set(fingerprintText(Number(fingerprint)), message)
  }
  return messages
}
