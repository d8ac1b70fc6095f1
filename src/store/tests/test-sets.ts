import type { Database, Write } from '../write.ts'
import { fingerprintNumber } from './fingerprint.ts'
import { encodeIds } from './id-set.ts'
import { inPieces } from './in-pieces.ts'
import { failureSetDigest, type KeptFailure, type NormalisedTests, testSetDigest } from './normalised-tests.ts'
import { takeIds } from './test-ids.ts'

/** Of tests by name. */
type TestIds = ReadonlyMap<string, number>

/** A set that is on record once, under its digest. */
export interface RecordedSet {
  /** Of the tests in it. */
  names: readonly string[]
  find(db: Database): Promise<number | undefined>
  /** Only with the counter locked, where it is not found and its tests have ids. */
  make(trx: Write, ids: TestIds): Promise<number>
}

const bytesOf = (names: readonly string[], ids: TestIds): Uint8Array =>
  encodeIds(names.flatMap((name) => ids.get(name) ?? []).toSorted((a, b) => a - b))

/** Tests that ran, or that were skipped; undefined for the empty set. */
export function testSet(repo: string, names: readonly string[]): RecordedSet | undefined {
  if (names.length === 0) return undefined
  const digest = testSetDigest(repo, names)
  return {
    names,
    async find(db) {
      const row = await db.selectFrom('test_sets').select('id').where('digest', '=', digest).executeTakeFirst()
      return row?.id
    },
    async make(trx, ids) {
      const id = await takeIds(trx, 1)
      await trx
        .insertInto('test_sets')
        .values({ id, digest, repo, tests: bytesOf(names, ids) })
        .execute()
      return id
    },
  }
}

/** What failed, with the fingerprints of the messages; undefined where nothing did. */
export function failureSet(repo: string, tests: NormalisedTests): RecordedSet | undefined {
  const { failed, outside, beyond } = tests
  if (failed.length + outside.length + beyond.length === 0) return undefined
  const digest = failureSetDigest(repo, tests)
  return {
    names: [...[...failed, ...outside].map(({ name }) => name), ...beyond],
    async find(db) {
      const row = await db.selectFrom('failure_sets').select('id').where('digest', '=', digest).executeTakeFirst()
      return row?.id
    },
    async make(trx, ids) {
      const id = await takeIds(trx, 1)
      await trx
        .insertInto('failure_sets')
        .values({ id, digest, repo, beyond: bytesOf(beyond, ids) })
        .execute()
      const rows = [...failureRows(id, ids, failed, 0), ...failureRows(id, ids, outside, 1)]
      for await (const piece of inPieces(rows)) await trx.insertInto('test_failures').values(piece).execute()
      return id
    },
  }
}

const failureRows = (set: number, ids: TestIds, failures: readonly KeptFailure[], outside: 0 | 1) =>
  failures.flatMap(({ name, fingerprint }) => {
    const test = ids.get(name)
    if (test === undefined) return []
    return [{ failure_set: set, test, outside, fingerprint: fingerprintNumber(fingerprint) }]
  })
