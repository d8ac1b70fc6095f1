import { childrenOf, type Element, parseJunit, textOf } from './junit-xml.ts'
import { REPORT_LIMITS, type Unreadable, unreadable } from './reading.ts'

/** A test of a report; without a name where the report does not give one. */
export interface ReportedTest {
  classname: string
  name: string
  /** Path of its file, where the report says so. */
  file: string
  outcome: 'passed' | 'failed' | 'error' | 'skipped'
}

export type JunitReport =
  | { type: 'report'; tests: ReportedTest[] }
  /** Sound XML that is no JUnit report. */
  | { type: 'other' }
  | Unreadable

const KEPT = { attributes: new Set(['name', 'classname', 'file', 'failures', 'errors']) }

/** Reads which tests JUnit XML lists as failed, without their messages; see `parseJunit` for where to call it. */
export async function readJunit(bytes: Uint8Array): Promise<JunitReport> {
  const parsed = await parseJunit(bytes, KEPT)
  if (parsed.type !== 'junit') return parsed
  const tests: ReportedTest[] = []
  try {
    readSuite(parsed.root, tests)
  } catch (error) {
    return unreadable(error)
  }
  if (tests.length > REPORT_LIMITS.tests) return unreadable(`${tests.length} tests are too many`)
  return { type: 'report', tests }
}

/**
 * Reads a suite, which may hold others, and returns how many failures it accounts for. Failures that a suite has of its
 * own, or that it counts and does not show, become a test without a name.
 */
function readSuite(suite: Element, tests: ReportedTest[]): number {
  let failures = 0
  for (const inner of childrenOf(suite, 'testsuite')) failures += readSuite(inner, tests)
  for (const element of childrenOf(suite, 'testcase')) {
    const { test, failures: own } = readTest(element, textOf(suite, 'file'))
    tests.push(test)
    failures += own
  }
  const own = failuresOf(suite)
  const counted = countOf(suite, 'failures') + countOf(suite, 'errors')
  const missing = Math.max(own, counted - failures)
  if (missing <= 0) return failures
  tests.push({ classname: textOf(suite, 'name'), name: '', file: '', outcome: 'error' })
  return failures + missing
}

function readTest(element: Element, suiteFile: string): { test: ReportedTest; failures: number } {
  const outcome =
    childrenOf(element, 'error').length > 0
      ? 'error'
      : childrenOf(element, 'failure').length > 0
        ? 'failed'
        : childrenOf(element, 'skipped').length > 0
          ? 'skipped'
          : 'passed'
  const file = textOf(element, 'file') || suiteFile
  const test = { classname: textOf(element, 'classname'), name: textOf(element, 'name'), file, outcome } as const
  return { test, failures: failuresOf(element) }
}

const failuresOf = (element: Element): number =>
  childrenOf(element, 'failure').length + childrenOf(element, 'error').length

function countOf(suite: Element, name: string): number {
  const count = Number(textOf(suite, name))
  return Number.isFinite(count) ? count : 0
}
