import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { createColors } from 'picocolors'
import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import { exitCodeOf } from '../../../src/cli/exit-codes.ts'
import { renderReport } from '../../../src/cli/flows/present-report.ts'
import { temporalLink } from '../../../src/cli/report/advice.ts'
import { verdictTable } from '../../../src/cli/report/table.ts'
import { suiteReportSchema } from '../../../src/contract/index.ts'
import { applyEvents } from '../../../src/progress/apply-event.ts'
import { initialProgress } from '../../../src/progress/state.ts'
import { junitXml } from '../../../src/report/junit.ts'
import { report, reportedCommit, reportedRun, SHA, SHA2, testCli } from './fixture.ts'

const colors = createColors(false)
const passing = reportedCommit({
  sha: SHA2,
  subject: 'Ünïcode 漢字 and a subject that is much longer than what any table has room for',
  verdict: 'passing',
  failureRate: 0,
  interval: { method: 'clopper-pearson', level: 0.95, low: 0, high: 0.3085 },
  upperBound: { level: 0.95, value: 0.2589 },
  severity: 'none',
  runs: 10,
  passed: 10,
  failed: 0,
})
const unknown = reportedCommit({
  sha: 'a'.repeat(40),
  subject: 'Break the set-up',
  verdict: 'inconclusive',
  reason: 'setup_failed',
  failureRate: null,
  interval: null,
  severity: 'none',
  runs: 0,
  passed: 0,
  failed: 0,
})
const whole = report({
  commits: [passing, reportedCommit({ results: [reportedRun(0, 'passed'), reportedRun(1, 'failed')] }), unknown],
})

test('the fixtures are what the contract promises', () => {
  expect(suiteReportSchema.safeParse(whole).error).toBeUndefined()
})

test('the verdict table at 120 columns', () => {
  expect(verdictTable(whole, 120, colors)).toMatchInlineSnapshot(`
    "commit        subject                               verdict       failures/runs  failure rate         severity  reason
    fedcba987654  Ünïcode 漢字 and a subject that is …  passing       0/10           < 25.9 % (95 %)      none
    0123456789ab  Add a feature                         flaky         1/4            25.0 % [0.6–80.6 %]  medium
    aaaaaaaaaaaa  Break the set-up                      inconclusive  0/0            –                    none      setup_failed"
  `)
})

const stopped = report({
  commits: [
    reportedCommit({
      ...{ runs: 9, passed: 3, failed: 3, timedOut: 1, crashed: 1, errors: 1, failureRate: 0.625 },
      ...{
        stoppedEarly: true,
        evidence: 9,
        interval: { method: 'always-valid', level: 0.95, low: 0.151, high: 0.947 },
      },
    }),
    reportedCommit({
      ...{ sha: SHA2, verdict: 'passing', reason: 'below_max_flake_rate', severity: 'low', failureRate: 0.0101 },
      ...{ stoppedEarly: true, evidence: 111, runs: 111, passed: 110, failed: 1 },
      interval: { method: 'always-valid', level: 0.95, low: 0.0001, high: 0.08 },
    }),
  ],
})

test('the verdict table says after how many runs a commit stopped, and below it what its failures were', () => {
  const { context } = testCli()
  const lines = renderReport(context, { report: stopped, state: null, temporal: null }).split('\n')
  expect(lines.slice(2, -2).join('\n')).toMatchInlineSnapshot(`
    "commit        subject        verdict  failures/runs  failure rate          severity  stopped after  errors  reason
    0123456789ab  Add a feature  flaky    5/8            62.5 % [15.1–94.7 %]  medium    9 runs         1
    fedcba987654  Add a feature  passing  1/111          1.0 % [0.0–8.0 %]     low       111 runs       0       below_max_flake_rate

    outcomes of 0123456789ab: failed 3, timed out 1, crashed 1; 1 error not counted"
  `)
})

test('an early stop with failures below the limit is a pass', () => {
  expect(exitCodeOf(report({ commits: stopped.commits.slice(1) }))).toBe(0)
  expect(exitCodeOf(stopped)).toBe(1)
})

test('the verdict table at 60 columns', () => {
  expect(verdictTable(whole, 60, colors)).toMatchInlineSnapshot(`
    "commit        verdict       failures/runs  reason
    fedcba987654  passing       0/10
    0123456789ab  flaky         1/4
    aaaaaaaaaaaa  inconclusive  0/0            setup_failed"
  `)
})

test.each([84, 100, 120, 160])('the table of commits without a reason fits into %d columns', (columns) => {
  const table = verdictTable(report({ commits: [passing, reportedCommit()] }), columns, colors)
  for (const line of table.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(columns)
})

test('the report ends with set-up output, where to look and the replay of a failing run', () => {
  const output = Array.from({ length: 30 }, (_, i) => `line ${i}\x1b[31m`).join('\n')
  const at = '2026-01-02T03:04:05.000Z'
  const state = applyEvents(initialProgress('s-one'), [
    {
      seq: 1,
      type: 'environment.step',
      suite: 's-one',
      at,
      data: { sha: unknown.sha, step: 'failed', message: output },
    },
    {
      seq: 2,
      type: 'environment.step',
      suite: 's-one',
      at,
      data: { sha: unknown.sha, step: 'released', message: 'removed' },
    },
  ])
  const { context } = testCli()
  const temporal = { temporalUi: 'http://127.0.0.1:8233/', namespace: 'default' }
  expect(renderReport(context, { report: whole, state, temporal })).toMatchInlineSnapshot(`
    "s-one completed: 14 runs of 3 commits in 1 m 21 s (/repositories/example)

    commit        subject           verdict       failures/runs  failure rate         severity  reason
    fedcba987654  Ünïcode 漢字 an…  passing       0/10           < 25.9 % (95 %)      none
    0123456789ab  Add a feature     flaky         1/4            25.0 % [0.6–80.6 %]  medium
    aaaaaaaaaaaa  Break the set-up  inconclusive  0/0            –                    none      setup_failed

    set-up of aaaaaaaaaaaa failed:
      …
      line 10
      line 11
      line 12
      line 13
      line 14
      line 15
      line 16
      line 17
      line 18
      line 19
      line 20
      line 21
      line 22
      line 23
      line 24
      line 25
      line 26
      line 27
      line 28
      line 29

    Temporal: http://127.0.0.1:8233/namespaces/default/workflows/suite%2Fs-one
              (the link works while a command or commit-suite serve runs)
    Output:   commit-suite logs s-one.0123456789ab.1
    Replay:   commit-suite replay s-one.0123456789ab.1"
  `)
})

test('ids stand percent-encoded in links', () => {
  expect(temporalLink('http://h:1', 'a b', 's-1')).toBe('http://h:1/namespaces/a%20b/workflows/suite%2Fs-1')
})

test('JUnit of passed, failed, erroneous and cancelled runs and of a commit without a run', () => {
  const outcomes = [
    reportedRun(0, 'passed'),
    reportedRun(1, 'crashed', { exitCode: null, signal: 'SIGSEGV' }),
    reportedRun(2, 'error', { exitCode: null, reason: 'environment_lost' }),
    reportedRun(3, 'cancelled', { exitCode: null }),
  ]
  expect(junitXml(report({ commits: [reportedCommit({ results: outcomes }), unknown] }))).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="s-one" time="81.234">
      <testsuite name="0123456789ab Add a feature" tests="4" failures="1" errors="1" skipped="1" time="1.648">
        <testcase classname="0123456789ab Add a feature" name="run 0 (seed 100)" time="0.412"/>
        <testcase classname="0123456789ab Add a feature" name="run 1 (seed 101)" time="0.412">
          <failure message="crashed with seed 101: signal SIGSEGV; commit-suite replay s-one.0123456789ab.1" type="crashed"/>
        </testcase>
        <testcase classname="0123456789ab Add a feature" name="run 2 (seed 102)" time="0.412">
          <error message="error with seed 102: no exit code, environment_lost; commit-suite replay s-one.0123456789ab.2" type="environment_lost"/>
        </testcase>
        <testcase classname="0123456789ab Add a feature" name="run 3 (seed 103)" time="0.412">
          <skipped message="cancelled with seed 103: no exit code; commit-suite replay s-one.0123456789ab.3"/>
        </testcase>
      </testsuite>
      <testsuite name="aaaaaaaaaaaa Break the set-up" tests="1" failures="0" errors="1" skipped="0" time="0.000">
        <testcase classname="aaaaaaaaaaaa Break the set-up" name="no run" time="0.000">
          <error message="setup_failed" type="inconclusive"/>
        </testcase>
      </testsuite>
    </testsuites>
    "
  `)
})

/** What an independent XML parser finds in the first testcase. */
function parsed(xmlTexts: string[]): { classname: string; message: string }[] {
  const script = `import json, sys, xml.etree.ElementTree as E
def read(text):
    case = E.fromstring(text.encode()).find('testsuite/testcase')
    return {'classname': case.get('classname'), 'message': case.find('failure').get('message')}
print(json.dumps([read(text) for text in json.load(sys.stdin)]))`
  const python = spawnSync('python3', ['-c', script], { input: JSON.stringify(xmlTexts), encoding: 'utf8' })
  expect(python.stderr).toBe('')
  return JSON.parse(python.stdout)
}

test('any subject and reason makes well-formed XML that says the same', () => {
  const texts = fc.sample(fc.string({ unit: 'binary', maxLength: 30 }), { numRuns: 200, seed: 1 })
  const hostile = ['"]]><x a=\'', '\0\x1b[31m\u{fffe}\u{ffff}\ud800', 'a\nb\tc\r d', '&amp;<!--', '😀', ...texts]
  const documents = hostile.map((text) =>
    junitXml(
      report({ commits: [reportedCommit({ subject: text, results: [reportedRun(0, 'failed', { reason: text })] })] }),
    ),
  )
  const found = parsed(documents)
  for (const [i, text] of hostile.entries()) {
    const kept = text.replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\ufffd')
    expect(found[i]?.classname).toBe(`${SHA.slice(0, 12)} ${kept}`)
    expect(found[i]?.message).toContain(kept)
  }
})
