import type { Colors } from 'picocolors/types.js'
import type { ReportedCommit, ReportedTest, SuiteReport } from '../../contract/index.ts'
import { count, formatRate, plural } from '../../report/format.ts'
import {
  failedTests,
  outsideFailures,
  standingOf,
  type ToldFailure,
  testNotes,
  toldFailures,
} from '../../report/told-tests.ts'
import { safeLine } from '../terminal-safe.ts'
import { cutToWidth } from '../text-format.ts'
import { paintVerdict } from './table.ts'

/** Tests of a commit that are listed; the number of those beyond is said. */
const LISTED = 10

/** The tests of each commit that failed, one line for all failures of one kind. */
export const testLines = (report: SuiteReport, columns: number, colors: Colors): string[] =>
  report.commits.flatMap((commit) => linesOf(commit, columns, colors))

function linesOf(commit: ReportedCommit, columns: number, colors: Colors): string[] {
  const { told, more } = failedTests(commit, LISTED)
  const lines = [
    ...told.flatMap((test) => [headOf(test, colors), ...kindsOf(test, columns)]),
    ...(more === 0 ? [] : [`  and ${count(more)} more`]),
    ...outsideFailures(commit, LISTED).map((failure) => failureLine(failure, columns)),
    ...testNotes(commit).map((note) => `  ${safeLine(note)}`),
  ]
  if (lines.length === 0) return []
  const { testCount } = commit
  const of = testCount === undefined ? '' : ` of ${plural(testCount, 'test')}`
  const head = told.length === 0 ? 'tests' : `${count(told.length + more)}${of} failed`
  return ['', `${head} at ${colors.yellow(commit.sha.slice(0, 12))}:`, ...lines]
}

/** The name stands last and is never cut: people look for it. */
function headOf(test: ReportedTest, colors: Colors): string {
  const { failed, runs, verdict } = test
  const standing = standingOf(test).replace(verdict, paintVerdict(verdict, colors))
  return `  ${standing} ${count(failed)}/${count(runs)}, ${formatRate(test)}: ${safeLine(test.id)}`
}

function kindsOf({ failures }: ReportedTest, columns: number): string[] {
  const { told, more } = toldFailures(failures)
  const lines = told.map((failure) => failureLine(failure, columns))
  return more === 0 ? lines : [...lines, `    and ${plural(more, 'other kind')} of failures`]
}

const MESSAGE_AT_LEAST = 20

function failureLine({ runs, message, example }: ToldFailure, columns: number): string {
  const before = `    ${count(runs)} × `
  const after = ` (${safeLine(example)})`
  const room = Math.max(MESSAGE_AT_LEAST, columns - before.length - after.length)
  return `${before}${cutToWidth(safeLine(message), room)}${after}`
}
