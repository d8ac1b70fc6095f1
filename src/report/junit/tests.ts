import type { ReportedCommit, ReportedTest } from '../../contract/index.ts'
import { count, formatRate } from '../format.ts'
import { element } from './element.ts'

type End = 'passed' | 'flaky' | 'failed' | 'skipped'

/**
 * The tests of a commit as a testsuite beside that of its runs, with Surefire's marks. A test that both failed and
 * passed has `flakyFailure`, which CI systems that know it show as a flake and others leave out: its runs have failed
 * already. One that failed in every run has a `failure` for the most frequent kind and `rerunFailure` for each other.
 */
export function testsOf(commit: ReportedCommit): string[] {
  const { tests = [], sha, subject } = commit
  if (tests.length === 0) return []
  const ends = tests.map(endOf)
  const having = (wanted: End): number => ends.filter((end) => end === wanted).length
  const totals = { tests: tests.length, failures: having('failed'), errors: 0, skipped: having('skipped') }
  const flakes = having('flaky')
  const cases = tests.map((test, at) => testCase(sha, test, ends[at] ?? 'passed'))
  return [element('testsuite', { name: `${sha.slice(0, 12)} ${subject}: tests`, ...totals, flakes }, cases, '  ')]
}

/** What does not count as a failure of the commit is none here. */
function endOf({ failed, runs, ignored, quarantined }: ReportedTest): End {
  if (runs === 0 || (failed > 0 && (ignored === true || quarantined === true))) return 'skipped'
  if (failed === 0) return 'passed'
  return failed === runs ? 'failed' : 'flaky'
}

function testCase(sha: string, test: ReportedTest, end: End): string {
  const at = test.id.lastIndexOf('::')
  const [within, name] = at < 0 ? ['', test.id] : [` ${test.id.slice(0, at)}`, test.id.slice(at + 2)]
  return element('testcase', { classname: `${sha.slice(0, 12)}${within}`, name }, sayingOf(test, end), '    ')
}

function sayingOf(test: ReportedTest, end: End): string[] {
  switch (end) {
    case 'passed':
      return []
    case 'failed':
      return [
        element('failure', { message: summaryOf(test), type: test.verdict }, [], '      '),
        ...messagesOf(test)
          .slice(1)
          .map((message) => element('rerunFailure', { message, type: test.verdict }, [], '      ')),
      ]
    case 'skipped':
      return [element('skipped', { message: summaryOf(test) }, [], '      ')]
    case 'flaky':
      return messagesOf(test).map((message) => element('flakyFailure', { message, type: 'flaky' }, [], '      '))
  }
}

/** One for all failures of a kind; of what failed in a run of thousands of failures there may be none. */
function messagesOf(test: ReportedTest): string[] {
  const rate = rateOf(test)
  if (test.failures.length === 0) return [rate]
  return test.failures.map(({ runs, message, example }) => `${rate}; ${count(runs)} × ${message}; ${replayOf(example)}`)
}

function summaryOf(test: ReportedTest): string {
  const { runs, missing, quarantined, ignored, failures } = test
  if (runs === 0) return missing > 0 ? `no result in any of ${count(missing)} runs` : 'skipped in every run'
  const why = quarantined === true ? 'in quarantine: ' : ignored === true ? 'ignored: ' : ''
  const [first] = failures
  const kind = first === undefined ? '' : `; ${first.message}; ${replayOf(first.example)}`
  return `${why}${rateOf(test)}${kind}`
}

const replayOf = (run: string): string => `commit-suite replay ${run}`

const rateOf = (test: ReportedTest): string =>
  `failed in ${count(test.failed)} of ${count(test.runs)} runs, ${formatRate(test)}`
