import type { ReportedCommit, ReportedRun, SuiteReport } from '../contract/index.ts'
import { type Attributes, element, escapeText } from './junit/element.ts'
import { testsOf } from './junit/tests.ts'

const seconds = (ms: number): string => (ms / 1000).toFixed(3)

/** How a run ended, in words that stand in a report on their own. */
function describeEnd(run: ReportedRun): string {
  const how =
    run.signal !== null ? `signal ${run.signal}` : run.exitCode !== null ? `exit code ${run.exitCode}` : 'no exit code'
  const reason = run.reason === null ? '' : `, ${run.reason}`
  return `${run.outcome} with seed ${run.seed}: ${how}${reason}; ${run.replay}`
}

function endOf(run: ReportedRun): string[] {
  const attributes = { message: describeEnd(run), type: run.reason ?? run.outcome }
  switch (run.outcome) {
    case 'passed':
      return []
    case 'failed':
    case 'timed_out':
    case 'crashed':
      return [element('failure', attributes, [], '      ')]
    case 'error':
      return [element('error', attributes, [], '      ')]
    case 'cancelled':
      return [element('skipped', { message: describeEnd(run) }, [], '      ')]
  }
}

const classNameOf = ({ sha, subject }: ReportedCommit): string => `${sha.slice(0, 12)} ${subject}`

function testCase(commit: ReportedCommit, run: ReportedRun): string {
  const attributes = {
    classname: classNameOf(commit),
    name: `run ${run.attempt} (seed ${run.seed})`,
    time: seconds(run.durationMs),
  }
  return element('testcase', attributes, endOf(run), '    ')
}

interface Totals {
  tests: number
  failures: number
  errors: number
  skipped: number
  timeMs: number
}

function totalsOf(commit: ReportedCommit): Totals {
  const results = commit.results ?? []
  const having = (...outcomes: string[]): number => results.filter(({ outcome }) => outcomes.includes(outcome)).length
  return {
    tests: results.length,
    failures: having('failed', 'timed_out', 'crashed'),
    errors: having('error'),
    skipped: having('cancelled'),
    timeMs: results.reduce((sum, { durationMs }) => sum + durationMs, 0),
  }
}

const totalAttributes = ({ timeMs, ...totals }: Totals): Attributes => ({ ...totals, time: seconds(timeMs) })

/** A commit without any run, because its set-up failed say, is one testcase with an error; else nobody would see it. */
function unjudged(commit: ReportedCommit): string {
  const attributes = { classname: classNameOf(commit), name: 'no run', time: '0.000' }
  const error = element('error', { message: commit.reason ?? 'no run', type: commit.verdict }, [], '      ')
  return element('testcase', attributes, [error], '    ')
}

/** Runs that were never made have no testcase: what became of the number asked for is said here. */
function judgement({ verdict, stoppedEarly, evidence }: ReportedCommit): string[] {
  if (!stoppedEarly || evidence === undefined) return []
  const said = Object.entries({ verdict, stoppedEarly: 'true', runs: evidence })
  const properties = said.map(([name, value]) => element('property', { name, value }, [], '      '))
  return [element('properties', {}, properties, '    ')]
}

function testSuite(commit: ReportedCommit): string {
  const results = commit.results ?? []
  const totals = results.length > 0 ? totalsOf(commit) : { tests: 1, failures: 0, errors: 1, skipped: 0, timeMs: 0 }
  const cases = results.length > 0 ? results.map((run) => testCase(commit, run)) : [unjudged(commit)]
  const attributes = { name: classNameOf(commit), ...totalAttributes(totals) }
  return element('testsuite', attributes, [...judgement(commit), ...cases], '  ')
}

const testSuites = (commit: ReportedCommit): string => `${[testSuite(commit), ...testsOf(commit)].join('\n')}\n`

/** The same in pieces, one per commit, for reports that are not held in memory at once. */
export async function* junitPieces(
  { suite, durationMs }: Pick<SuiteReport, 'suite' | 'durationMs'>,
  commits: AsyncIterable<ReportedCommit>,
): AsyncGenerator<string> {
  yield head(suite, durationMs)
  for await (const commit of commits) yield testSuites(commit)
  yield TAIL
}

/** The report as JUnit XML: for each commit a testsuite of its runs, and one of its tests where they are known. */
export function junitXml({ suite, durationMs, commits }: SuiteReport): string {
  return `${head(suite, durationMs)}${commits.map(testSuites).join('')}${TAIL}`
}

const head = (suite: string, durationMs: number): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${escapeText(suite)}" time="${seconds(durationMs)}">\n`
const TAIL = '</testsuites>\n'
