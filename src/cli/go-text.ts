const NEWLINE = 0x0a
const BRACE = 0x7b
/** Go splits long lines of output: an event is never so long. */
const LONGEST_EVENT_BYTES = 256 * 1024

interface TextStream {
  push(bytes: Uint8Array): Uint8Array
  end(): Uint8Array
}

/**
 * Makes the lines of `go test -json` in an output, which comes piece by piece, what `go test -v` would have printed;
 * all else stays as it is. Only a line that may be such an event is held back until its end has come.
 */
export function createGoText(): TextStream {
  let held: Buffer = Buffer.alloc(0)
  let atLineStart = true
  return {
    push(bytes) {
      const written: Uint8Array[] = []
      let rest = Buffer.concat([held, bytes])
      while (rest.length > 0) {
        const end = rest.indexOf(NEWLINE) + 1
        if (atLineStart && rest[0] === BRACE && end === 0 && rest.length < LONGEST_EVENT_BYTES) break
        const line = end === 0 ? rest : rest.subarray(0, end)
        written.push(atLineStart && line[0] === BRACE ? textOfEvent(line) : line)
        atLineStart = end > 0
        rest = rest.subarray(line.length)
      }
      held = rest
      return Buffer.concat(written)
    },
    end: () => held,
  }
}

/** What an event printed, if it did; a line that is no event as it is. */
function textOfEvent(line: Buffer): Uint8Array {
  const text = line.toString()
  if (!/"Action":"/.test(text) || !/"(?:Package|ImportPath)":"/.test(text)) return line
  try {
    const event: unknown = JSON.parse(text)
    const output = typeof event === 'object' && event !== null && 'Output' in event ? event.Output : ''
    return Buffer.from(typeof output === 'string' ? output : '')
  } catch {
    return line
  }
}
