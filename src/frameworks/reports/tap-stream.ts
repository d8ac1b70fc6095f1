import { Parser, type Result } from 'tap-parser'
import { z } from 'zod'
import { failureMessage } from './failure-message.ts'
import type { ReadTests } from './read-tests.ts'
import { isMochaHook, REPORT_LIMITS, WITHIN } from './reading.ts'

const text = z.string().catch('')
const value = z.union([z.string(), z.number(), z.boolean(), z.null()]).transform(String).optional().catch(undefined)

/** What is known of the details that producers give for a failure. */
const detailsSchema = z.object({
  /** Of Node's runner; `error` and `name` are the exception's. */
  failureType: text,
  error: z.union([z.string(), z.object({ name: text, message: text })]).catch(''),
  name: text,
  /** Of others. */
  message: text,
  stack: text,
  assertion: text,
  /** Of tape. */
  operator: text,
  expected: value,
  actual: value,
})

interface Point {
  path: string[]
  /** The comment before it: the name of the test in tape, whose points are assertions. */
  heading: string | undefined
  outcome: 'passed' | 'failed' | 'skipped'
  message: string
  /** What stands below a failed one that has no details. */
  below?: string
}

/** One stream of TAP, line by line. */
export class TapStream {
  readonly #parser = new Parser()
  readonly #points: Point[] = []
  readonly #suites: { path: string[]; message: string }[] = []
  #heading: string | undefined
  /** A test of tape or AVA has a heading; other producers have comments that are none. */
  #headed: boolean | undefined
  #planIsLast = false

  constructor() {
    this.#listen(this.#parser, [])
    this.#parser.on('plan', () => {
      this.#planIsLast = this.#parser.count > 0 || this.#parser.planEnd === 0
    })
    this.#parser.on('comment', (comment: string) => this.#comment(comment))
    this.#parser.on('extra', (extra: string) => this.#below(extra))
  }

  write(line: string): void {
    this.#parser.write(`${line}\n`)
  }

  /** Whether a line begins another stream after this one. */
  isFollowedBy(line: string): boolean {
    const begins = /^(?:TAP version \d+|\d+\.\.\d+|(?:not )?ok\b)/.exec(line)?.[0]
    if (begins === undefined || this.#parser.planStart < 0) return false
    return this.#planIsLast || !begins.endsWith('ok')
  }

  /** Hands over what it said; false where it said nothing. Throws where it is cut off. */
  end(found: ReadTests): boolean {
    const planned = this.#parser.planStart >= 0
    this.#parser.end()
    const { bailedOut, count, planStart, planEnd } = this.#parser
    if (!planned && count === 0 && bailedOut === false) return false
    if (bailedOut !== false) throw new Error(`Bail out! ${bailedOut === true ? '' : bailedOut}`)
    if (!planned) throw new Error('it ends before its plan')
    const size = Math.max(0, planEnd - planStart + 1)
    if (count < size) throw new Error(`it ends after ${count} of ${size} planned tests`)
    this.#handOver(found)
    return true
  }

  #handOver(found: ReadTests): void {
    for (const { path, heading, outcome, message: given, below = '' } of this.#points) {
      const id = this.#headed === true && heading !== undefined ? heading : path.join(WITHIN)
      if (id === '') continue
      const message = given || failureMessage({ type: '', message: '', text: below })
      found.add({ id, outcome: outcome === 'failed' && isNoTest(id, message) ? 'outside' : outcome, message })
    }
    for (const { path, message } of this.#suites) found.outside(path.join(WITHIN), message)
  }

  #listen(parser: Parser, path: string[]): void {
    let failedWithin = false
    parser.on('child', (child: Parser) => {
      this.#headed = false
      this.#listen(child, child.name === '' ? path : [...path, child.name])
      child.on('complete', (results: { ok: boolean }) => {
        failedWithin = !results.ok
      })
    })
    parser.on('assert', (result: Result) => {
      const own = result.name === '' ? path : [...path, result.name]
      if (result.closingTestPoint) this.#suiteEnded(result, own, failedWithin)
      else this.#point(result, own)
    })
  }

  #point(result: Result, path: string[]): void {
    this.#headed ??= this.#heading !== undefined
    if (this.#points.length >= REPORT_LIMITS.tests) throw new RangeError(`more than ${REPORT_LIMITS.tests} tests`)
    const outcome = result.skip !== false || result.todo !== false ? 'skipped' : result.ok ? 'passed' : 'failed'
    const message = outcome === 'failed' ? messageOf(result) : ''
    const below = outcome === 'failed' && message === '' ? { below: '' } : {}
    this.#points.push({ path, heading: this.#heading, outcome, message, ...below })
  }

  /** A suite fails with its tests; here it is looked for failures of its own. */
  #suiteEnded(result: Result, path: string[], failedWithin: boolean): void {
    if (result.ok || result.skip !== false || result.todo !== false) return
    const { failureType } = detailsOf(result)
    const own = failureType === '' ? !failedWithin : failureType !== 'subtestsFailed'
    if (own) this.#suites.push({ path, message: messageOf(result) })
  }

  #comment(comment: string): void {
    const text = comment.replace(/^\s*#\s*/, '').trim()
    if (this.#headed === false && !SUMMARY.test(text)) this.#below(`${text}\n`)
    if (comment.startsWith('#') && !/^Subtest\b/.test(text)) this.#heading = text.replace(/^(?:TODO|SKIP) /, '')
  }

  /** Mocha and bats write what went wrong below the test, without the marks of details. */
  #below(line: string): void {
    const last = this.#points.at(-1)
    if (last?.below !== undefined && last.below.length < REPORT_LIMITS.messageLength) last.below += line
  }
}

/** A hook of Mocha; or a file, of Node's runner, that cannot be loaded or ended by itself. */
const isNoTest = (id: string, message: string): boolean =>
  isMochaHook(id) || (message === 'test failed' && /\.[cm]?[jt]sx?$/.test(id))

/** Of all tests, at the end. */
const SUMMARY = /^(?:tests?|suites|pass|fail|failed|ok|cancelled|skipped|todo|duration_ms)\b|^$/

const detailsOf = ({ diag }: Result): z.infer<typeof detailsSchema> =>
  detailsSchema.parse(typeof diag === 'object' && diag !== null ? diag : {})

function messageOf(result: Result): string {
  const { error, message, name, stack, assertion, operator, expected, actual } = detailsOf(result)
  const [type, said] = typeof error === 'string' ? [name, error] : [error.name, error.message]
  const compared = operator === '' ? '' : `${result.name} (${operator}: expected ${expected}, actual ${actual})`
  return failureMessage({ type, message: said || message || compared || assertion, text: stack })
}
