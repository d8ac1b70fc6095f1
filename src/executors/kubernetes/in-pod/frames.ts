import { z } from 'zod'
import type { StreamName } from '../../executor.ts'

/** What the runner knows of a run that has ended. */
export const runStatusSchema = z.strictObject({
  exitCode: z.int().min(0).max(255).nullable(),
  /** Number of the signal that ended the command. */
  signal: z.int().min(1).max(127).nullable(),
  timedOut: z.boolean(),
  startedAtMs: z.int().nonnegative(),
  durationMs: z.int(),
  stdout: z.strictObject({ totalBytes: z.int().nonnegative() }),
  stderr: z.strictObject({ totalBytes: z.int().nonnegative() }),
  /** Processes of the container that the kernel ended for their memory meanwhile. */
  oomKills: z.int(),
  /** Processes that were alive when the command had ended. */
  leftovers: z.int().nonnegative(),
})
export type RunStatus = z.infer<typeof runStatusSchema>

/**
 * What `attach.sh` prints. A frame is a line of words, the last of which is the number of bytes that follow, so that
 * nothing a run prints can be taken for a frame:
 * `started MS`, `out OFFSET N`, `err OFFSET N`, `recent-out N`, `recent-err N`, `status N`, `tail-out N`, `tail-err N`, `files N`, `archive N`, `end`.
 */
export type Frame =
  | { type: 'started'; atMs: number }
  | { type: 'output'; stream: StreamName; offset: number; bytes: Uint8Array }
  /** The last that was printed so far, beyond what is passed on live. */
  | { type: 'recent'; stream: StreamName; bytes: Uint8Array }
  | { type: 'status'; status: RunStatus }
  | { type: 'tail'; stream: StreamName; bytes: Uint8Array }
  /** Paths of files that the run wrote, relative to its working directory; to be answered by a selection. */
  | { type: 'files'; names: string[] }
  /** A tar archive of the selected files. */
  | { type: 'archive'; bytes: Uint8Array }
  | { type: 'end' }

/** The run can write what the runner reads: its frames are checked like any input from outside. */
export class ProtocolError extends Error {
  override name = 'ProtocolError'
}

const LONGEST_LINE = 100
const MIB = 1024 * 1024
const MOST_BYTES: Record<string, number> = {
  out: MIB,
  err: MIB,
  'recent-out': 64 * 1024,
  'recent-err': 64 * 1024,
  status: 64 * 1024,
  'tail-out': 64 * MIB,
  'tail-err': 64 * MIB,
  files: 4 * MIB,
  archive: 64 * MIB,
}
const NEWLINE = 0x0a

/** Makes frames of the bytes as they arrive, in pieces of any size. */
export class FrameParser {
  #pieces: Uint8Array[] = []
  #held = 0
  #header: { words: string[]; length: number } | undefined;

  /** Throws `ProtocolError` for what no runner of ours says. */
  *push(bytes: Uint8Array): Generator<Frame> {
    this.#pieces.push(bytes)
    this.#held += bytes.byteLength
    for (;;) {
      this.#header ??= this.#readHeader()
      if (this.#header === undefined) return
      const { words, length } = this.#header
      if (this.#held < length) return
      const payload = this.#take(length)
      this.#header = undefined
      yield frameOf(words, payload)
    }
  }

  #readHeader(): { words: string[]; length: number } | undefined {
    const start = this.#peek(LONGEST_LINE)
    const end = start.indexOf(NEWLINE)
    if (end < 0) {
      if (start.byteLength >= LONGEST_LINE) throw new ProtocolError('a frame begins with a line that does not end')
      return undefined
    }
    const words = Buffer.from(this.#take(end + 1).subarray(0, end))
      .toString('latin1')
      .split(' ')
    const [type = '', ...numbers] = words
    const wanted = type === 'end' ? 0 : type === 'out' || type === 'err' ? 2 : 1
    if (numbers.length !== wanted) throw new ProtocolError(`bad frame: ${words.join(' ')}`)
    if (numbers.some((word) => !/^\d{1,15}$/.test(word))) throw new ProtocolError(`bad frame: ${words.join(' ')}`)
    if (type === 'end' || type === 'started') return { words, length: 0 }
    const most = MOST_BYTES[type]
    const length = Number(numbers.at(-1) ?? Number.NaN)
    if (most === undefined || !(length <= most)) throw new ProtocolError(`bad frame: ${words.join(' ')}`)
    return { words, length }
  }

  /** The first bytes, at most so many, without taking them. */
  #peek(bytes: number): Uint8Array {
    const first = this.#pieces[0]
    if (first === undefined) return new Uint8Array()
    if (first.byteLength < bytes && this.#pieces.length > 1) this.#pieces = [Buffer.concat(this.#pieces)]
    return (this.#pieces[0] ?? first).subarray(0, bytes)
  }

  #take(bytes: number): Uint8Array {
    const all = this.#pieces.length === 1 ? (this.#pieces[0] ?? new Uint8Array()) : Buffer.concat(this.#pieces)
    this.#pieces = all.byteLength === bytes ? [] : [all.subarray(bytes)]
    this.#held -= bytes
    return all.subarray(0, bytes)
  }
}

function frameOf([type = '', ...numbers]: string[], payload: Uint8Array): Frame {
  const [first = 0] = numbers.map(Number)
  switch (type) {
    case 'started':
      return { type, atMs: first }
    case 'out':
      return { type: 'output', stream: 'stdout', offset: first, bytes: payload }
    case 'err':
      return { type: 'output', stream: 'stderr', offset: first, bytes: payload }
    case 'status':
      return { type, status: statusOf(payload) }
    case 'recent-out':
      return { type: 'recent', stream: 'stdout', bytes: payload }
    case 'recent-err':
      return { type: 'recent', stream: 'stderr', bytes: payload }
    case 'tail-out':
      return { type: 'tail', stream: 'stdout', bytes: payload }
    case 'tail-err':
      return { type: 'tail', stream: 'stderr', bytes: payload }
    case 'files':
      return { type, names: namesIn(payload) }
    case 'archive':
      return { type, bytes: payload }
    case 'end':
      return { type }
    default:
      throw new ProtocolError(`unknown frame ${type}`)
  }
}

function statusOf(payload: Uint8Array): RunStatus {
  try {
    return runStatusSchema.parse(JSON.parse(Buffer.from(payload).toString('utf8')))
  } catch (cause) {
    throw new ProtocolError('the status of the run cannot be read', { cause })
  }
}

/** Names as `find` prints them, one after the other with NUL behind; the last may have been cut off. */
const namesIn = (payload: Uint8Array): string[] =>
  Buffer.from(payload)
    .toString('utf8')
    .split('\0')
    .slice(0, -1)
    .map((name) => name.replace(/^\.\//, ''))
