import type { ReportedCommit, ReportedRun, SuiteReport } from '../../contract/index.ts'

// XML 1.0, production 2 (Char): everything else may not appear, not even as a character reference.
const NOT_A_CHAR = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

const escapeText = (text: string): string =>
  text.replace(NOT_A_CHAR, '\ufffd').replace(/[&<>"\t\n\r]/g, (character) => ENTITIES[character] ?? character)

type Attributes = Record<string, string | number>

function element(name: string, attributes: Attributes, children: string[] = [], indent = ''): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeText(String(value))}"`)
  const start = `${indent}<${name}${written.join('')}`
  return children.length === 0 ? `${start}/>` : `${start}>\n${children.join('\n')}\n${indent}</${name}>`
}

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

function testSuite(commit: ReportedCommit): string {
  const results = commit.results ?? []
  const totals = results.length > 0 ? totalsOf(commit) : { tests: 1, failures: 0, errors: 1, skipped: 0, timeMs: 0 }
  const cases = results.length > 0 ? results.map((run) => testCase(commit, run)) : [unjudged(commit)]
  return element('testsuite', { name: classNameOf(commit), ...totalAttributes(totals) }, cases, '  ')
}

/** The report as JUnit XML: one testsuite per commit, one testcase per run. */
export function junitXml(report: SuiteReport): string {
  const suites = report.commits.map(testSuite)
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name: report.suite, time: seconds(report.durationMs) }, suites)}\n`
}
