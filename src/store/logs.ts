import type { ArtifactRef } from '../contract/index.ts'
import { joinCaptured, type LogLayout, readLogArtifact, streamBytes } from './log-artifact.ts'
import { appendChunk, chunksEnd, dropChunks, hasResult, readChunks } from './log-chunks.ts'
import type { ArtifactStore, LogKey, LogStore } from './store.ts'
import { type Database, type Write, write } from './write.ts'

/** Name of the artifact that holds one stream of one try. */
const logName = (key: LogKey): string => `${key.try}.${key.stream}`

const streamColumns = (key: LogKey) => ({
  suite: key.suite,
  sha: key.sha,
  attempt: key.attempt,
  generation: key.generation,
  try_number: key.try,
  stream: key.stream,
})

async function layoutOf(db: Database, key: LogKey): Promise<LogLayout | undefined> {
  const row = await db
    .selectFrom('log_artifacts')
    .select(['head_bytes', 'dropped_bytes', 'tail_bytes'])
    .where((eb) => eb.and(streamColumns(key)))
    .executeTakeFirst()
  if (row === undefined) return undefined
  return {
    headBytes: Number(row.head_bytes),
    droppedBytes: Number(row.dropped_bytes),
    tailBytes: Number(row.tail_bytes),
  }
}

async function putLayout(trx: Write, key: LogKey, layout: LogLayout): Promise<void> {
  const sizes = { head_bytes: layout.headBytes, dropped_bytes: layout.droppedBytes, tail_bytes: layout.tailBytes }
  await trx
    .insertInto('log_artifacts')
    .values({ ...streamColumns(key), ...sizes })
    .onConflict((conflict) =>
      conflict.columns(['suite', 'sha', 'attempt', 'generation', 'try_number', 'stream']).doUpdateSet(sizes),
    )
    .execute()
}

/** Live output in the database, and what is kept of it as artifacts. */
export function logStore(db: Database, artifacts: ArtifactStore): LogStore {
  async function compact(key: LogKey, captured: Parameters<LogStore['compact']>[1]): Promise<ArtifactRef | null> {
    const layout = {
      headBytes: captured.head.byteLength,
      droppedBytes: captured.droppedBytes,
      tailBytes: captured.tail.byteLength,
    }
    // Empty, or all that is left of it is in the chunks.
    if (streamBytes(layout) === 0) return null
    const ref = await artifacts.putBytes(key, logName(key), joinCaptured(captured))
    // Most runs end before any output was stored live: then the artifact is all there is to do.
    const live = (await chunksEnd(db, key)) > 0
    if (live || captured.droppedBytes > 0) {
      await write(db, async (trx) => {
        await putLayout(trx, key, layout)
        await dropChunks(trx, key)
      })
    }
    return ref
  }

  async function read(key: LogKey, offset: number, limitBytes: number) {
    const layout = await layoutOf(db, key)
    if (layout === undefined) {
      const bytes = await readChunks(db, key, offset, limitBytes)
      if (bytes.byteLength > 0) return { bytes, next: offset + bytes.byteLength, complete: false }
    }
    const part = (from: number, limit: number) => artifacts.read(key, logName(key), from, limit)
    const kept = await readLogArtifact(part, layout, offset, limitBytes)
    // A stream without output leaves no artifact; the result says that none will come.
    return kept ?? { bytes: new Uint8Array(), next: offset, complete: await hasResult(db, key) }
  }

  async function nextOffset(key: LogKey): Promise<number> {
    const layout = await layoutOf(db, key)
    if (layout !== undefined) return streamBytes(layout)
    const live = await chunksEnd(db, key)
    return live > 0 ? live : ((await artifacts.sizeOf(key, logName(key))) ?? 0)
  }

  return {
    append: (key, offset, bytes) =>
      write(db, async (trx) => {
        const layout = await layoutOf(trx, key)
        return layout === undefined ? appendChunk(trx, key, offset, bytes) : streamBytes(layout)
      }),
    nextOffset,
    compact,
    read,
  }
}
