import type { RunKey } from '../../../contract/index.ts'
import type { LogKey, RecordReader } from '../../../store/store.ts'

/**
 * Clients of these dialects take messages of 1 MiB at most (a default of theirs) and close the connection on a larger
 * one. Two streams as JSON, with room for the rest of the reply.
 */
const LONGEST_JSON_BYTES = 448 * 1024
const HALF_BYTES = 192 * 1024

/** What a run wrote to a stream, as text: all of it, or its beginning and its end with a line that says what is missing. */
export async function readOutput(
  logs: RecordReader['logs'],
  run: RunKey & { try: number },
  stream: LogKey['stream'],
): Promise<string> {
  const key = { ...run, stream }
  const total = await logs.nextOffset(key)
  if (total <= 2 * HALF_BYTES) return fitted(await readRange(logs, key, 0, total))
  const head = await readRange(logs, key, 0, HALF_BYTES)
  const tail = await readRange(logs, key, total - HALF_BYTES, total)
  return fitted(`${head}${leftOut(`${total - 2 * HALF_BYTES} bytes`)}${tail}`)
}

const leftOut = (what: string): string => `\n[commit-suite: ${what} left out]\n`

async function readRange(logs: RecordReader['logs'], key: LogKey, from: number, to: number): Promise<string> {
  const pieces: Uint8Array[] = []
  for (let offset = from; offset < to; ) {
    const { bytes, next } = await logs.read(key, offset, to - offset)
    if (bytes.byteLength === 0) break
    pieces.push(bytes)
    offset = next
  }
  return Buffer.concat(pieces).toString('utf8')
}

/** Control characters take six bytes each in JSON: such text is cut further, in its middle. */
export function fitted(text: string, longest = LONGEST_JSON_BYTES): string {
  const size = Buffer.byteLength(JSON.stringify(text))
  if (size <= longest) return text
  const half = Math.floor((0.95 * text.length * longest) / size / 2)
  return fitted(`${text.slice(0, half)}${leftOut('the middle')}${text.slice(text.length - half)}`, longest)
}
