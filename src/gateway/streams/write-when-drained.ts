import { once } from 'node:events'
import type { Writable } from 'node:stream'

/** A reader that takes nothing for so long is cut off; it comes back with its cursor. */
const SLOWEST_READER_MS = 60_000

/**
 * Writes a piece and waits until what was written before has left, so that no more than one piece waits in memory.
 * Destroys the stream of a reader that takes nothing; does nothing once the signal has aborted.
 */
export async function writeWhenDrained(
  output: Writable,
  piece: Uint8Array | string,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted || output.destroyed || output.write(piece)) return
  try {
    await once(output, 'drain', { signal: AbortSignal.any([signal, AbortSignal.timeout(SLOWEST_READER_MS)]) })
  } catch {
    if (!signal.aborted) output.destroy()
  }
}
