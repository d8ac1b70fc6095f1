import type { SuiteSpec } from '../src/contract/index.ts'
import type { CapturedStream, SecretSource } from '../src/executors/executor.ts'

/** Values of fewer bytes are flags and digits: masking them would hide nothing and shred the output. */
const SHORTEST_BYTES = 4
/** Lines of a value of several lines are masked one by one too, unless they are mere punctuation. */
const SHORTEST_LINE_BYTES = 8
const MASK = 0x2a
const NOTHING = new Uint8Array()

/** How reports, documents and addresses write a value: in XML with and without quotes escaped, in JSON, in a URL. */
function formsOf(value: string): string[] {
  const xml = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  const strict = xml.replaceAll('>', '&gt;')
  const quoted = [xml, strict].map((text) => text.replaceAll('"', '&quot;'))
  const apostrophes = ['&apos;', '&#39;', '&#x27;'].flatMap((entity) =>
    [strict, ...quoted].map((text) => text.replaceAll("'", entity)),
  )
  // A lone surrogate has no form in a URL.
  const url = value.isWellFormed() ? [encodeURIComponent(value)] : []
  return [value, xml, strict, ...quoted, ...apostrophes, JSON.stringify(value).slice(1, -1), ...url]
}

/** What must not appear in stored output: every value, and the lines of those that have several, however written. */
export function maskPatterns(values: Iterable<string>): Buffer[] {
  const patterns = new Set<string>()
  for (const value of values) {
    const whole = value.trim()
    if (Buffer.byteLength(whole) >= SHORTEST_BYTES) for (const form of formsOf(whole)) patterns.add(form)
    for (const line of whole.split(/\r?\n/).map((text) => text.trim())) {
      if (Buffer.byteLength(line) >= SHORTEST_LINE_BYTES) for (const form of formsOf(line)) patterns.add(form)
    }
  }
  return [...patterns].map((pattern) => Buffer.from(pattern))
}

/** What must not appear of a suite; a value that is not known here cannot appear either. */
export const suitePatterns = (secrets: SecretSource, { id, secretEnv }: SuiteSpec): Buffer[] =>
  maskPatterns(secretEnv.map((name) => secrets.valueOf(id, name) ?? ''))

export const maskText = (patterns: readonly Buffer[], text: string): string =>
  patterns.length === 0 ? text : Buffer.from(maskBytes(patterns, Buffer.from(text))).toString()

/** A copy with every occurrence of a pattern, overlapping ones included, replaced by as many `*`. */
export function maskBytes(patterns: readonly Buffer[], bytes: Uint8Array): Uint8Array {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let masked: Buffer | undefined
  for (const pattern of patterns) {
    let end = 0
    for (let at = source.indexOf(pattern); at >= 0; at = source.indexOf(pattern, at + 1)) {
      masked ??= Buffer.from(source)
      masked.fill(MASK, Math.max(at, end), at + pattern.length)
      end = at + pattern.length
    }
  }
  return masked ?? bytes
}

/** Where the longest beginning of a pattern starts that ends with `bytes`, itself unfinished; else their length. */
function openAt(patterns: readonly Buffer[], bytes: Buffer): number {
  let open = bytes.length
  for (const pattern of patterns) {
    for (let at = Math.max(0, bytes.length - pattern.length + 1); at < open; at++) {
      if (bytes.compare(pattern, 0, bytes.length - at, at) === 0) open = at
    }
  }
  return open
}

/** Where the longest end of a pattern that `bytes` begin with stops; 0 where there is none. */
function closedAt(patterns: readonly Buffer[], bytes: Buffer): number {
  let closed = 0
  for (const pattern of patterns) {
    for (let length = Math.min(pattern.length - 1, bytes.length); length > closed; length--) {
      if (bytes.compare(pattern, pattern.length - length, pattern.length, 0, length) === 0) closed = length
    }
  }
  return closed
}

/** What was kept of a stream, masked; pieces of a secret beside the gap, whose rest was dropped, are masked too. */
export function maskCaptured(patterns: readonly Buffer[], captured: CapturedStream): CapturedStream {
  if (patterns.length === 0) return captured
  const { head, tail, droppedBytes } = captured
  if (droppedBytes === 0) {
    const whole = maskBytes(patterns, Buffer.concat([head, tail]))
    return { ...captured, head: whole.subarray(0, head.byteLength), tail: whole.subarray(head.byteLength) }
  }
  const before = Buffer.from(head)
  const after = Buffer.from(tail)
  return {
    ...captured,
    head: Buffer.from(maskBytes(patterns, head)).fill(MASK, openAt(patterns, before)),
    tail: Buffer.from(maskBytes(patterns, tail)).fill(MASK, 0, closedAt(patterns, after)),
  }
}

export interface MaskedPiece {
  offset: number
  bytes: Uint8Array
}

/**
 * Masks one stream piece by piece. What may be the beginning of a secret is held back until its rest comes; offsets
 * and lengths stay those of the original bytes. A piece that does not continue the one before begins anew.
 */
export class StreamMask {
  readonly #patterns: readonly Buffer[]
  /** The end of the stream so far as it came, from the first place where a secret may have begun. */
  #held: Uint8Array = NOTHING
  /** The same with the secrets masked that it shares with what came before. */
  #heldMasked: Uint8Array = NOTHING
  #next = 0

  constructor(patterns: readonly Buffer[]) {
    this.#patterns = patterns
  }

  /** What can be passed on now, possibly nothing. */
  push({ offset, bytes }: MaskedPiece): MaskedPiece {
    if (this.#patterns.length === 0) return { offset, bytes }
    if (offset !== this.#next) this.#held = this.#heldMasked = NOTHING
    this.#next = offset + bytes.byteLength
    const begin = offset - this.#held.byteLength
    const source = Buffer.concat([this.#held, bytes])
    const masked = Buffer.from(maskBytes(this.#patterns, source))
    for (const [at, byte] of this.#heldMasked.entries()) if (byte === MASK) masked[at] = MASK
    const open = openAt(this.#patterns, source)
    this.#held = source.subarray(open)
    this.#heldMasked = masked.subarray(open)
    return { offset: begin, bytes: masked.subarray(0, open) }
  }
}
