import type { RunKey } from '../contract/index.ts'
import type { LogKey } from './store.ts'
import { type Database, suiteNotFound, type Write } from './write.ts'

const chunksOf = (db: Database, key: LogKey) =>
  db
    .selectFrom('log_chunks')
    .where('suite', '=', key.suite)
    .where('sha', '=', key.sha)
    .where('attempt', '=', key.attempt)
    .where('generation', '=', key.generation)
    .where('try_number', '=', key.try)
    .where('stream', '=', key.stream)

/** Pieces read at once; each holds at most 256 KiB. */
const CHUNKS_PER_PAGE = 64

/** Offset behind the last stored piece; 0 where there is none. */
export async function chunksEnd(db: Database, key: LogKey): Promise<number> {
  const last = await chunksOf(db, key)
    .select(['byte_offset', 'size_bytes'])
    .orderBy('byte_offset', 'desc')
    .limit(1)
    .executeTakeFirst()
  return last === undefined ? 0 : Number(last.byte_offset) + last.size_bytes
}

/** True once a run is over: nothing that still comes belongs to its record. */
export async function hasResult(db: Database, key: RunKey): Promise<boolean> {
  const row = await db
    .selectFrom('results')
    .select('attempt')
    .where('suite', '=', key.suite)
    .where('sha', '=', key.sha)
    .where('attempt', '=', key.attempt)
    .where('generation', '=', key.generation)
    .executeTakeFirst()
  return row !== undefined
}

/**
 * Stores the part of a piece that goes on where the last one ended. What is on record already, a piece that leaves
 * a gap and what comes after the result are dropped. Returns where the next piece has to begin.
 */
export async function appendChunk(trx: Write, key: LogKey, offset: number, bytes: Uint8Array): Promise<number> {
  const next = await chunksEnd(trx, key)
  const end = offset + bytes.byteLength
  if (offset > next || end <= next || (await hasResult(trx, key))) return next
  await assertSuite(trx, key.suite)
  const fresh = bytes.subarray(next - offset)
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('log_chunks')
    .values({
      suite: key.suite,
      sha: key.sha,
      attempt: key.attempt,
      generation: key.generation,
      try_number: key.try,
      stream: key.stream,
      byte_offset: next,
      size_bytes: fresh.byteLength,
      bytes: fresh,
    })
    .onConflict((conflict) =>
      conflict.columns(['suite', 'sha', 'attempt', 'generation', 'try_number', 'stream', 'byte_offset']).doNothing(),
    )
    .executeTakeFirst()
  // On PostgreSQL another writer of the stream may have come first: what counts is what is on record.
  return numInsertedOrUpdatedRows === 1n ? end : await chunksEnd(trx, key)
}

async function assertSuite(trx: Write, suite: string): Promise<void> {
  const row = await trx.selectFrom('event_counters').select('suite').where('suite', '=', suite).executeTakeFirst()
  if (row === undefined) throw suiteNotFound(suite)
}

/** Up to `limitBytes` from `offset` on; empty where nothing is stored there. */
export async function readChunks(db: Database, key: LogKey, offset: number, limitBytes: number): Promise<Uint8Array> {
  const first = await chunksOf(db, key)
    .select('byte_offset')
    .where('byte_offset', '<=', offset)
    .orderBy('byte_offset', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (first === undefined) return new Uint8Array()
  const rows = await chunksOf(db, key)
    .select(['byte_offset', 'bytes'])
    .where('byte_offset', '>=', first.byte_offset)
    .where('byte_offset', '<', offset + limitBytes)
    .orderBy('byte_offset')
    .limit(CHUNKS_PER_PAGE)
    .execute()
  const stored = Buffer.concat(rows.map((row) => row.bytes))
  const start = offset - Number(first.byte_offset)
  return stored.subarray(start, start + limitBytes)
}

export async function dropChunks(trx: Write, key: LogKey): Promise<void> {
  await trx
    .deleteFrom('log_chunks')
    .where('suite', '=', key.suite)
    .where('sha', '=', key.sha)
    .where('attempt', '=', key.attempt)
    .where('generation', '=', key.generation)
    .where('try_number', '=', key.try)
    .where('stream', '=', key.stream)
    .execute()
}
