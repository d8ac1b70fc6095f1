/** What is kept of a stream: its beginning, its end, and how long it is as a whole; all of it is `head` alone. */
export interface Excerpt {
  head: Buffer
  tail: Buffer
  sizeBytes: number
}

/** Room for the words that stand in the place of what was cut. */
const MARKER_BYTES = 64

/** How many bytes of a stream longer than `limit` to keep of its beginning and its end, so that the marker fits too. */
export function keptBytes(limit: number): { head: number; tail: number } {
  const room = Math.max(0, limit - MARKER_BYTES)
  return { head: Math.ceil(room / 2), tail: Math.floor(room / 2) }
}

/** The text of an excerpt in about `limit` bytes; undecodable bytes become replacement characters. */
export function textWithin({ head, tail, sizeBytes }: Excerpt, limit: number): string {
  const isWhole = head.byteLength + tail.byteLength === sizeBytes
  if (isWhole && sizeBytes <= limit) return Buffer.concat([head, tail]).toString('utf8')
  const keep = keptBytes(Math.min(limit, sizeBytes))
  const end = tail.byteLength === 0 ? head : tail
  const first = wholeCharacters(head.subarray(0, keep.head))
  const last = fromCharacter(end.subarray(Math.max(0, end.byteLength - keep.tail)))
  const cut = sizeBytes - first.byteLength - last.byteLength
  return `${first.toString('utf8')}\n[commit-suite: ${cut} bytes cut]\n${last.toString('utf8')}`
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80
const LONGEST_CHARACTER = 4

/** Without a character that is cut in two at the end. */
function wholeCharacters(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(LONGEST_CHARACTER, bytes.byteLength); back++) {
    const lead = bytes[bytes.byteLength - back]
    if (lead === undefined || isContinuation(lead)) continue
    const length = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : LONGEST_CHARACTER
    return length > back ? bytes.subarray(0, bytes.byteLength - back) : bytes
  }
  return bytes
}

/** Without the rest of a character that was cut in two at the beginning. */
function fromCharacter(bytes: Buffer): Buffer {
  let start = 0
  while (start < LONGEST_CHARACTER - 1 && isContinuation(bytes[start])) start++
  return bytes.subarray(start)
}
