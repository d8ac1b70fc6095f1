import { existsSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { CapturedStream, StreamName } from '../../executor.ts'
import { headCapacity, type StreamSizes, tailCapacity, WORKSPACE_FILES } from './protocol.ts'

/** Longest piece handed on at once, in bytes. */
const PIECE_BYTES = 256 * 1024

/** Reads the growing beginning of one stream of a run from offset 0 on; safe beside the writing runner. */
export class HeadReader {
  readonly stream: StreamName
  readonly #path: string
  #file: FileHandle | undefined
  #offset = 0

  constructor(workspace: string, stream: StreamName) {
    this.stream = stream
    this.#path = join(workspace, WORKSPACE_FILES.head(stream))
  }

  /** The next piece that is there by now, or undefined. */
  async next(): Promise<{ offset: number; bytes: Uint8Array } | undefined> {
    // Silent streams, which are most, have no file.
    if (this.#file === undefined && !existsSync(this.#path)) return undefined
    this.#file ??= await open(this.#path, 'r')
    const { bytesRead, buffer } = await this.#file.read(Buffer.allocUnsafe(PIECE_BYTES), 0, PIECE_BYTES, this.#offset)
    if (bytesRead === 0) return undefined
    const offset = this.#offset
    this.#offset += bytesRead
    return { offset, bytes: buffer.subarray(0, bytesRead) }
  }

  async close(): Promise<void> {
    await this.#file?.close()
    this.#file = undefined
  }
}

async function readRange(path: string, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  if (length === 0) return bytes
  const file = await open(path, 'r')
  try {
    for (let read = 0; read < length; ) {
      const { bytesRead } = await file.read(bytes, read, length - read, position + read)
      if (bytesRead === 0) throw new Error(`${path} ends at byte ${position + read}, ${length - read} bytes too early`)
      read += bytesRead
    }
    return bytes
  } finally {
    await file.close()
  }
}

/** All that was kept of an ended stream, the ring put in order. Throws where the spool is incomplete. */
export async function readCaptured(
  workspace: string,
  stream: StreamName,
  sizes: StreamSizes,
  capBytes: number,
): Promise<CapturedStream> {
  const head = await readRange(join(workspace, WORKSPACE_FILES.head(stream)), 0, sizes.headBytes)
  const ring = await readRange(join(workspace, WORKSPACE_FILES.tail(stream)), 0, sizes.tailBytes)
  const seam = sizes.tailBytes === 0 ? 0 : (sizes.totalBytes - headCapacity(capBytes)) % tailCapacity(capBytes)
  const full = sizes.tailBytes === tailCapacity(capBytes)
  const tail = full ? Buffer.concat([ring.subarray(seam), ring.subarray(0, seam)]) : ring
  return {
    totalBytes: sizes.totalBytes,
    droppedBytes: sizes.totalBytes - sizes.headBytes - sizes.tailBytes,
    head,
    tail,
  }
}

/** Pieces of at most 256 KiB. */
export function* inPieces(bytes: Uint8Array, offset: number): Generator<{ offset: number; bytes: Uint8Array }> {
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    yield { offset: offset + start, bytes: bytes.subarray(start, start + PIECE_BYTES) }
  }
}
