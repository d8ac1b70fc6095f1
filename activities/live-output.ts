import type { RunKey } from '../src/contract/index.ts'
import type { OutputChunk, StreamName } from '../src/executors/executor.ts'
import type { LogStore } from '../src/store/store.ts'
import { StreamMask } from './mask-secrets.ts'

/** Runs that end sooner write their output once, as an artifact, instead of twice. */
const QUIET_MS = 1000
const PIECE_BYTES = 256 * 1024

/**
 * Passes live output on to the store. What comes within the first second is held back, so that short runs,
 * which are most, cost no live pieces at all. Secrets are masked.
 */
export class LiveOutput {
  readonly #logs: LogStore
  readonly #masks: Record<StreamName, StreamMask>
  readonly #key: RunKey & { try: number }
  readonly #beganAtMs = Date.now()
  #held: OutputChunk[] = []
  #heldBytes = 0
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  #fault: unknown

  constructor(logs: LogStore, key: RunKey & { try: number }, secrets: readonly Buffer[]) {
    this.#logs = logs
    this.#masks = { stdout: new StreamMask(secrets), stderr: new StreamMask(secrets) }
    this.#key = key
  }

  async push(chunk: OutputChunk): Promise<void> {
    if (this.#fault !== undefined) throw this.#fault
    const piece = this.#masks[chunk.stream].push(chunk)
    if (piece.bytes.byteLength === 0) return
    this.#held.push({ stream: chunk.stream, ...piece })
    this.#heldBytes += piece.bytes.byteLength
    const waitMs = QUIET_MS - (Date.now() - this.#beganAtMs)
    if (waitMs <= 0 || this.#heldBytes >= PIECE_BYTES) return await this.#flush()
    this.#timer ??= setTimeout(() => {
      this.#flush().catch((error: unknown) => {
        this.#fault = error
      })
    }, waitMs)
  }

  /** Nothing more comes: what is still held is in the completion of the run, and is dropped here. */
  async end(): Promise<void> {
    clearTimeout(this.#timer)
    this.#held = []
    await this.#writing
  }

  async #flush(): Promise<void> {
    const pieces = this.#held
    this.#held = []
    this.#heldBytes = 0
    this.#writing = this.#writing.then(() => this.#write(pieces))
    await this.#writing
  }

  async #write(pieces: OutputChunk[]): Promise<void> {
    for (const stream of ['stdout', 'stderr'] as const satisfies StreamName[]) {
      const own = pieces.filter((piece) => piece.stream === stream)
      const first = own[0]
      if (first === undefined) continue
      const bytes = own.length === 1 ? first.bytes : Buffer.concat(own.map((piece) => piece.bytes))
      await this.#logs.append({ ...this.#key, stream }, first.offset, bytes)
    }
  }
}
