import type { CapturedStream, OutputChunk, StreamName } from '../executor.ts'

/**
 * One stream of a run as it arrives: its first bytes live and in order, what was kept of its end at the end. Pieces
 * that a new connection repeats are dropped, so that each byte is passed on once.
 */
export class Capture {
  readonly #stream: StreamName
  readonly #pieces: Uint8Array[] = []
  #received = 0

  constructor(stream: StreamName) {
    this.#stream = stream
  }

  /** Where the next connection has to go on. */
  get offset(): number {
    return this.#received
  }

  /** The part of a piece that is new; undefined where all of it is known. Throws where bytes are missing before it. */
  take(offset: number, bytes: Uint8Array): OutputChunk | undefined {
    if (offset > this.#received) throw new RangeError(`${this.#stream} goes on at ${offset} after ${this.#received}`)
    const fresh = bytes.subarray(this.#received - offset)
    if (fresh.byteLength === 0) return undefined
    const chunk = { stream: this.#stream, offset: this.#received, bytes: fresh }
    this.#pieces.push(fresh)
    this.#received += fresh.byteLength
    return chunk
  }

  /** All that is kept, once the stream has ended at `totalBytes` and its last bytes are known. */
  finish(totalBytes: number, tail: Uint8Array): CapturedStream {
    const droppedBytes = Math.max(0, totalBytes - this.#received - tail.byteLength)
    return { totalBytes: this.#received + droppedBytes + tail.byteLength, droppedBytes, head: this.head, tail }
  }

  get head(): Uint8Array {
    return Buffer.concat(this.#pieces)
  }
}
