import { closeSync, openSync, writeSync } from 'node:fs'
import { headCapacity, type StreamSizes, tailCapacity } from './protocol.ts'

/**
 * Keeps the beginning of a stream in one file and its end in a ring in another. Writes are synchronous:
 * the pipe is read no faster than the disk takes it, and the runner's memory stays flat.
 */
export class StreamSpool {
  #totalBytes = 0
  #head: number | undefined
  #tail: number | undefined
  readonly #headPath: string
  readonly #tailPath: string
  readonly #headCapacity: number
  readonly #tailCapacity: number

  constructor(headPath: string, tailPath: string, capBytes: number) {
    this.#headPath = headPath
    this.#tailPath = tailPath
    this.#headCapacity = headCapacity(capBytes)
    this.#tailCapacity = tailCapacity(capBytes)
  }

  write(bytes: Buffer): void {
    const forHead = Math.min(bytes.length, Math.max(0, this.#headCapacity - this.#totalBytes))
    if (forHead > 0) {
      this.#head ??= openSync(this.#headPath, 'w', 0o600)
      writeFully(this.#head, bytes.subarray(0, forHead), this.#totalBytes)
    }
    if (forHead < bytes.length) this.#writeTail(bytes.subarray(forHead), this.#totalBytes + forHead)
    this.#totalBytes += bytes.length
  }

  #writeTail(bytes: Buffer, offset: number): void {
    if (this.#tailCapacity === 0) return
    this.#tail ??= openSync(this.#tailPath, 'w', 0o600)
    const skipped = Math.max(0, bytes.length - this.#tailCapacity)
    const kept = bytes.subarray(skipped)
    const position = (offset + skipped - this.#headCapacity) % this.#tailCapacity
    const beforeWrap = Math.min(kept.length, this.#tailCapacity - position)
    writeFully(this.#tail, kept.subarray(0, beforeWrap), position)
    if (beforeWrap < kept.length) writeFully(this.#tail, kept.subarray(beforeWrap), 0)
  }

  close(): void {
    if (this.#head !== undefined) closeSync(this.#head)
    if (this.#tail !== undefined) closeSync(this.#tail)
    this.#head = undefined
    this.#tail = undefined
  }

  sizes(): StreamSizes {
    const headBytes = Math.min(this.#totalBytes, this.#headCapacity)
    const tailBytes = Math.min(this.#totalBytes - headBytes, this.#tailCapacity)
    return { totalBytes: this.#totalBytes, headBytes, tailBytes }
  }
}

function writeFully(file: number, bytes: Buffer, position: number): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(file, bytes, written, bytes.length - written, position + written)
  }
}
