import { linesOf } from './lines.ts'
import { ReadTests } from './read-tests.ts'
import { REPORT_LIMITS, type Reading, unreadable } from './reading.ts'
import { TapStream } from './tap-stream.ts'

/**
 * Reads TAP as Node's runner, node-tap, tape, Mocha, AVA, Vitest or bats write it, other lines between left out; there
 * may be several streams one after the other. Ids are the names of the subtests around and of the test, ` > ` between;
 * what has subtests is no test itself. A stream without its plan, or with fewer tests than planned, is cut off, and
 * nothing of the whole counts.
 */
export function readTapTests(text: string): Reading {
  const found = new ReadTests()
  let streams = 0
  let stream = new TapStream()
  const end = (): void => {
    if (stream.end(found)) streams += 1
  }
  try {
    for (const line of withoutPassingDetails(linesOf(text))) {
      if (stream.isFollowedBy(line)) {
        end()
        stream = new TapStream()
      }
      stream.write(checked(line))
    }
    end()
  } catch (error) {
    return unreadable(error)
  }
  return streams === 0 ? { type: 'other' } : found.reading()
}

/** A hundred subtests within each other, four spaces each: every one of them looks at every line. */
const TOO_DEEP = /^ {400,}(?:# Subtest|(?:not )?ok\b|\d+\.\.\d)/

/** What the parser takes for the end of a line, or needs time for that grows with the square of the length. */
function checked(line: string): string {
  if (line.length > REPORT_LIMITS.nameLength) throw new RangeError(`a line has ${line.length} characters`)
  if (TOO_DEEP.test(line)) throw new RangeError('subtests stand more than 100 deep within each other')
  return line.replace(/[\r\u2028\u2029]/g, ' ')
}

/** Details of tests that passed are most of a stream, take most of the time and are not needed. */
function* withoutPassingDetails(lines: Iterable<string>): Generator<string> {
  let passed = false
  let details: { indent: string; lines: string[]; ended: boolean } | undefined
  for (const line of lines) {
    if (details !== undefined && !details.ended && line.startsWith(details.indent)) {
      details.lines.push(line)
      details.ended = line === `${details.indent}...`
      continue
    }
    // Kept where subtests follow, whose beginning is told by them; and where they are none.
    if (details !== undefined && (!details.ended || line.trim() === '{')) yield* details.lines
    details = undefined
    const indent = passed ? /^(\s+)---$/.exec(line)?.[1] : undefined
    if (indent !== undefined) details = { indent, lines: [line], ended: false }
    else yield line
    passed = /^\s*ok\b/.test(line)
  }
  if (details !== undefined) yield* details.lines
}
