import { shownText } from '../components/ansi-spans.ts'

/** More than anybody reads; browsers end above some ten millions of pixels. */
const MOST_LINES = 400_000
const SGR = /\u001b\[([0-9;:]*)m/g
const RESET = /^0*$/
/** Of colours that were never reset; the newest win anyway. */
const LONGEST_STYLE = 120

/** Output as lines, as it comes in pieces. A colour that goes on over the end of a line begins the next one. */
export class LogLines {
  readonly lines: string[] = []
  /** Lines that were left out at the end. */
  dropped = 0
  #style = ''
  #open = ''

  /** Takes a piece; it may end within a line. */
  append(text: string): void {
    const [first = '', ...others] = text.split('\n')
    if (this.#open !== '') this.lines.pop()
    this.#open += first
    for (const next of others) {
      this.#push(this.#open)
      this.#open = next
    }
    // The last one may go on; it is shown as far as it has come.
    if (this.#open !== '') this.lines.push(this.#style + this.#open)
  }

  #push(line: string): void {
    if (this.lines.length < MOST_LINES) this.lines.push(this.#style + line)
    else this.dropped += 1
    for (const [sequence, codes = ''] of line.matchAll(SGR)) {
      this.#style = RESET.test(codes) ? '' : `${this.#style}${sequence}`.slice(-LONGEST_STYLE)
    }
    const cut = this.#style.indexOf('\u001b')
    this.#style = cut < 0 ? '' : this.#style.slice(cut)
  }
}

/** A line as a search sees it. */
export const plainLine = (line: string): string => shownText(line.replace(SGR, ''))

/** Numbers of the lines that contain a text, whatever its case. */
export function findLines(lines: readonly string[], wanted: string): number[] {
  const text = wanted.toLowerCase()
  if (text === '') return []
  return lines.flatMap((line, number) => (plainLine(line).toLowerCase().includes(text) ? [number] : []))
}

/** What test frameworks say where something failed. */
const FAILURE =
  /^\s*(?:FAIL(?:ED|URE)?\b|ERROR\b|--- FAIL|not ok\b|E {3,}|✕|✗|×|✖|Traceback \(most recent|panic:|\d+\) )|\bAssertionError\b|<<< (?:FAILURE|ERROR)!/
const SHORTEST_MESSAGE = 6

/** The line where a failure begins: the message of a failed test where it is found, else what looks like one. */
export function firstFailure(lines: readonly string[], messages: readonly string[]): number | undefined {
  const beginnings = messages.map((message) => message.trim().split('\n')[0] ?? '')
  const wanted = beginnings.filter((text) => text.length >= SHORTEST_MESSAGE)
  const plain = lines.map(plainLine)
  const told = plain.findIndex((line) => wanted.some((text) => line.includes(text)))
  const looks = plain.findIndex((line) => FAILURE.test(line))
  const first = told >= 0 ? told : looks
  return first < 0 ? undefined : first
}
