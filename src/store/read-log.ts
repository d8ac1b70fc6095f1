import type { LogKey, RecordReader } from './store.ts'

const PIECE_BYTES = 256 * 1024

/** What is stored of a stream at this moment, from `offset` on, byte for byte. */
export async function* readLog(
  store: Pick<RecordReader, 'logs'>,
  key: LogKey,
  offset = 0,
): AsyncGenerator<Uint8Array, number> {
  let at = offset
  for (;;) {
    const { bytes, next } = await store.logs.read(key, at, PIECE_BYTES)
    if (bytes.byteLength > 0) yield bytes
    if (next <= at || bytes.byteLength === 0) return next
    at = next
  }
}
