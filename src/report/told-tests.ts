import type { FailureGroup, Independence, ReportedCommit, ReportedTest } from '../contract/index.ts'
import { count, formatInterval, plural } from './format.ts'
import { quarantineNotes } from './quarantine-notes.ts'

/** Kinds of failures of one test that people are told of. */
const TOLD_GROUPS = 3

/** Tests of a commit that failed, the most failing first; the number of those beyond `most` is said. */
export function failedTests({ tests = [] }: ReportedCommit, most: number): { told: ReportedTest[]; more: number } {
  const failed = tests.filter((test) => test.failed > 0)
  const told = failed.toSorted((a, b) => (b.failureRate ?? 0) - (a.failureRate ?? 0)).slice(0, most)
  return { told, more: failed.length - told.length }
}

/** `flaky`, `failing (quarantined)`. */
export function standingOf({ verdict, ignored, quarantined }: ReportedTest): string {
  if (quarantined === true) return `${verdict} (quarantined)`
  return ignored === true ? `${verdict} (ignored)` : verdict
}

export interface ToldFailure {
  runs: number
  message: string
  /** Id of a run. */
  example: string
}

/** The kinds of failures of a test, a line each, and how many more kinds there are. */
export function toldFailures(failures: readonly FailureGroup[]): { told: ToldFailure[]; more: number } {
  return { told: failures.slice(0, TOLD_GROUPS), more: Math.max(0, failures.length - TOLD_GROUPS) }
}

/** What failed and is no test, under its name. */
export function outsideFailures({ outsideTests = [] }: ReportedCommit, most: number): ToldFailure[] {
  return outsideTests
    .slice(0, most)
    .map(({ runs, name, message, example }) => ({ runs, message: `${name}: ${message}`, example }))
}

/** What a reader of a commit's tests has to know besides, as sentences of texts that a test may have chosen. */
export function testNotes({ tests = [], unreadableReports, independence }: ReportedCommit): string[] {
  return [
    ...quarantineNotes(tests),
    ...(independence?.clustered === true ? [clusteredNote(independence)] : []),
    ...(unreadableReports === undefined ? [] : [unreadableNote(unreadableReports)]),
    ...missingNote(tests),
  ]
}

function clusteredNote({ machines, runs, effectiveRuns, pValue, interval }: Independence): string {
  const p = pValue === null ? '' : ` (p = ${pValue.toPrecision(2)})`
  return `Runs failed together on some machines${p}: ${plural(runs, 'run')} on ${plural(machines, 'machine')} tell as much as ${count(Math.max(1, Math.round(effectiveRuns)))} on machines of their own. Over machines like these the failure rate lies in ${formatInterval(interval)}.`
}

const unreadableNote = ({ reports, runs, why }: NonNullable<ReportedCommit['unreadableReports']>): string =>
  `${plural(reports, 'report')} of ${plural(runs, 'run')} could not be read, so that tests are missing there: ${why}`

/** Tests that vanished from runs, by a crash say. */
function missingNote(tests: readonly ReportedTest[]): string[] {
  const missing = tests.filter((test) => test.missing > 0).toSorted((a, b) => b.missing - a.missing)
  const [first] = missing
  if (first === undefined) return []
  const all = first.runs + first.missing + first.skipped
  const have = missing.length === 1 ? 'has' : 'have'
  return [
    `${plural(missing.length, 'test')} ${have} no result in some of the runs, which count there neither as passed nor as failed: ${first.id} in ${count(first.missing)} of ${count(all)}${missing.length === 1 ? '' : ', others in as many or fewer'}.`,
  ]
}
