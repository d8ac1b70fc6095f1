import { stripVTControlCharacters } from 'node:util'
import { REPORT_LIMITS } from './reading.ts'

/** What a report has to say of a failure; each '' where it says nothing. */
export interface Failure {
  type: string
  message: string
  text: string
}

/** Words that stand where a message should. */
const NO_MESSAGE = /^(?:failed|failure|error|test failure|collection failure)?[.!]?$/i
/** How pytest marks the lines of an exception within its traceback. */
const PYTEST_MARK = /^E {3}/
/** A frame of a stack: of Node, Java, Python, Go and Vitest. */
const FRAME = /^\s*(?:at |File "|❯ |\S+\.go:\d+ \+0x|goroutine \d+ \[|\.\.\. \d+ more|created by )/
/** What `go test -v` says of a test, whatever it prints. */
const GO_MARK = /^\s*(?:=== (?:RUN|PAUSE|CONT|NAME|FAIL:?)\s|--- (?:FAIL|PASS|SKIP): )/
/** Exceptions are written like classes; words like `testCodeFailure` are kinds of failure. */
const EXCEPTION = /^(?:[\w$]+(?:\.|::))*[A-Z][\w$]*$/

/** Where a stack begins with the message: `TypeError [CODE]: message`. */
const HEADLINE = /^([\w$.:]+)(?: \[\w+\])?: (.*)/

/** The message of a failure as people would quote it: what kind of exception, then why, without its stack. */
export function failureMessage({ type, message, text }: Failure): string {
  const given = clean(message)
  const below = clean(text)
  const why = NO_MESSAGE.test(given) ? withoutStack(below) || given : given
  const [, told = '', rest] = HEADLINE.exec(below) ?? []
  const exception = [type, rest === given.split('\n', 1)[0] ? told : ''].find((name) => EXCEPTION.test(name))
  const name = exception?.split(/\.|::/).at(-1) ?? ''
  return why.includes(name) ? why : why === '' ? name : `${name}: ${why}`
}

const clean = (text: string): string =>
  stripVTControlCharacters(text.slice(0, REPORT_LIMITS.messageLength)).replace(/\r/g, '').trim()

function withoutStack(text: string): string {
  const lines = text.split('\n').filter((line) => !GO_MARK.test(line))
  const marked = lines.filter((line) => PYTEST_MARK.test(line)).map((line) => line.replace(PYTEST_MARK, ''))
  if (marked.length > 0) return marked.join('\n').trim()
  const stack = lines.findIndex((line) => FRAME.test(line))
  return (stack < 0 ? lines : lines.slice(0, stack)).join('\n').trim()
}
