import { stripVTControlCharacters } from 'node:util'

// C0, DEL and C1 controls, line and paragraph separators, and the characters that reorder text (CVE-2021-42574).
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]/gu

/**
 * One line of text from a repository, a test or a worker, fit for a terminal: escape sequences are gone, tabs and
 * line breaks are spaces, and nothing in it can move the cursor or reorder what stands beside it.
 */
export function safeLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\t\r\n\u2028\u2029]+/g, ' ')
    .replace(UNSAFE, '')
}

/** Several lines of such text; line breaks stay. */
export function safeLines(text: string): string {
  return text.split(/\r?\n/).map(safeLine).join('\n')
}

function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x20) return `^${String.fromCodePoint(code + 0x40)}`
  if (code === 0x7f) return '^?'
  return `\\u{${code.toString(16)}}`
}

/**
 * Makes the output of a test fit for a terminal piece by piece: controls other than tab and line feed are shown
 * (`^[` for escape), never obeyed; bytes that are not UTF-8 become replacement characters.
 */
export function createOutputSanitizer(): { push(bytes: Uint8Array): string; end(): string } {
  const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true })
  // A CR may be the last byte of one piece and its LF the first of the next.
  let heldReturn = ''
  const clean = (text: string, last: boolean): string => {
    const whole = heldReturn + text
    heldReturn = !last && whole.endsWith('\r') ? '\r' : ''
    const ready = heldReturn === '' ? whole : whole.slice(0, -1)
    return ready.replaceAll('\r\n', '\n').replace(UNSAFE, (c) => (c === '\n' || c === '\t' ? c : visible(c)))
  }
  return {
    push: (bytes) => clean(decoder.decode(bytes, { stream: true }), false),
    end: () => clean(decoder.decode(), true),
  }
}
