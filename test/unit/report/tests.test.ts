import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { parse } from 'junit2json'
import { createColors } from 'picocolors'
import { expect, test } from 'vitest'
import { testLines } from '../../../src/cli/report/tests.ts'
import type { ReportedCommit, ReportedTest } from '../../../src/contract/index.ts'
import { htmlPieces } from '../../../src/report/html.ts'
import { junitXml } from '../../../src/report/junit.ts'
import { markdownPieces } from '../../../src/report/markdown.ts'
import { report, reportedCommit, reportedRun, reportedTest, SHA } from '../cli/fixture.ts'

// Tests in every form of a report; their names and messages are chosen by what is tested.

async function whole(pieces: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const piece of pieces) text += piece
  return text
}

async function* oneByOne(commits: ReportedCommit[]): AsyncGenerator<ReportedCommit> {
  yield* commits
}

const withTests = (tests: ReportedTest[], fields: Partial<ReportedCommit> = {}) =>
  report({ commits: [reportedCommit({ tests, testCount: tests.length, ...fields })] })

const markdown = ({ commits, ...head }: ReturnType<typeof report>) => whole(markdownPieces(head, oneByOne(commits)))
const html = ({ commits, ...head }: ReturnType<typeof report>) => whole(htmlPieces(head, oneByOne(commits)))
const terminal = (told: ReturnType<typeof report>, columns = 100) =>
  testLines(told, columns, createColors(false)).join('\n')

const broken = reportedTest({
  ...{ id: 'tests.test_stock::test_gone', runs: 98, failed: 98, missing: 2, failureRate: 1, verdict: 'failing' },
  ...{ severity: 'critical', interval: { method: 'clopper-pearson', level: 0.95, low: 0.963, high: 1 } },
  failures: Array.from({ length: 5 }, (_, at) => ({
    ...{ fingerprint: `00000000000${at}`, message: `kind ${at}`, runs: 30 - at },
    example: `s-one.${SHA.slice(0, 12)}.${at}`,
  })),
})
const steady = reportedTest({
  ...{ id: 'tests.test_stock::test_in', failed: 0, failureRate: 0, verdict: 'passing', severity: 'none', failures: [] },
  upperBound: { level: 0.95, value: 0.0295 },
})
const skipped = reportedTest({
  ...{ id: 'tests.test_stock::test_later', runs: 0, failed: 0, skipped: 100, failureRate: null, interval: null },
  ...{ verdict: 'inconclusive', reason: 'only_skipped', severity: 'none', failures: [] },
})
const all = [reportedTest(), broken, steady, skipped]

test('a terminal shows the tests that failed, all failures of one kind in one line', () => {
  expect(terminal(withTests(all))).toMatchInlineSnapshot(`
    "
    2 of 4 tests failed at 0123456789ab:
      failing 98/98, 100.0 % [96.3–100.0 %]: tests.test_stock::test_gone
        30 × kind 0 (s-one.0123456789ab.0)
        29 × kind 1 (s-one.0123456789ab.1)
        28 × kind 2 (s-one.0123456789ab.2)
        and 2 other kinds of failures
      flaky 40/100, 40.0 % [30.3–50.3 %]: tests.test_orders::test_total
        40 × AssertionError: 3 != 4 (s-one.0123456789ab.1)
      1 test has no result in some of the runs, which count there neither as passed nor as failed: tests.test_stock::test_gone in 2 of 100."
  `)
})

test('Markdown has a table of the tests that failed', async () => {
  const text = await markdown(withTests(all))
  expect(text.slice(text.indexOf('###'))).toMatchInlineSnapshot(`
    "### \`0123456789ab\`

    | test | verdict | failures/runs | failure rate | severity | failures |
    |---|---|--:|--:|---|---|
    | tests.test&#95;stock&#58;&#58;test&#95;gone | **failing** | 98/98 | 100.0 % &#91;96.3–100.0 %&#93; | critical | 30 × kind 0 (\`s-one.0123456789ab.0\`)<br>29 × kind 1 (\`s-one.0123456789ab.1\`)<br>28 × kind 2 (\`s-one.0123456789ab.2\`)<br>and 2 other kinds |
    | tests.test&#95;orders&#58;&#58;test&#95;total | **flaky** | 40/100 | 40.0 % &#91;30.3–50.3 %&#93; | medium | 40 × AssertionError&#58; 3 &#33;= 4 (\`s-one.0123456789ab.1\`) |

    - 1 test has no result in some of the runs, which count there neither as passed nor as failed&#58; tests.test&#95;stock&#58;&#58;test&#95;gone in 2 of 100.
    "
  `)
})

test('the page has a table of the tests that failed', async () => {
  const page = await html(withTests(all))
  expect(page.slice(page.indexOf('<h2>'))).toMatchInlineSnapshot(`
    "<h2><code>0123456789ab</code> Add a feature</h2>
    <table><thead><tr><th>test</th><th>verdict</th><th>failures/runs</th><th>failure rate</th><th>severity</th><th>failures</th></tr></thead><tbody>
    <tr><td><code>tests.test_stock::test_gone</code></td><td class="failing">failing</td><td class="number">98/98</td><td class="number">100.0 % [96.3–100.0 %]</td><td>critical</td><td>30 × kind 0 (<code>s-one.0123456789ab.0</code>)<br>29 × kind 1 (<code>s-one.0123456789ab.1</code>)<br>28 × kind 2 (<code>s-one.0123456789ab.2</code>)<br>and 2 other kinds</td></tr>
    <tr><td><code>tests.test_orders::test_total</code></td><td class="flaky">flaky</td><td class="number">40/100</td><td class="number">40.0 % [30.3–50.3 %]</td><td>medium</td><td>40 × AssertionError: 3 != 4 (<code>s-one.0123456789ab.1</code>)</td></tr>
    </tbody></table>
    <ul><li>1 test has no result in some of the runs, which count there neither as passed nor as failed: tests.test_stock::test_gone in 2 of 100.</li></ul>
    </body></html>
    "
  `)
})

test('JUnit has a testcase for each test beside those of the runs, and a flake is one', () => {
  expect(junitXml(withTests(all, { results: [reportedRun(0, 'failed')] }))).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="s-one" time="81.234">
      <testsuite name="0123456789ab Add a feature" tests="1" failures="1" errors="0" skipped="0" time="0.412">
        <testcase classname="0123456789ab Add a feature" name="run 0 (seed 100)" time="0.412">
          <failure message="failed with seed 100: exit code 1; commit-suite replay s-one.0123456789ab.0" type="failed"/>
        </testcase>
      </testsuite>
      <testsuite name="0123456789ab Add a feature: tests" tests="4" failures="1" errors="0" skipped="1" flakes="1">
        <testcase classname="0123456789ab tests.test_orders" name="test_total">
          <flakyFailure message="failed in 40 of 100 runs, 40.0 % [30.3–50.3 %]; 40 × AssertionError: 3 != 4; commit-suite replay s-one.0123456789ab.1" type="flaky"/>
        </testcase>
        <testcase classname="0123456789ab tests.test_stock" name="test_gone">
          <failure message="failed in 98 of 98 runs, 100.0 % [96.3–100.0 %]; kind 0; commit-suite replay s-one.0123456789ab.0" type="failing"/>
          <rerunFailure message="failed in 98 of 98 runs, 100.0 % [96.3–100.0 %]; 29 × kind 1; commit-suite replay s-one.0123456789ab.1" type="failing"/>
          <rerunFailure message="failed in 98 of 98 runs, 100.0 % [96.3–100.0 %]; 28 × kind 2; commit-suite replay s-one.0123456789ab.2" type="failing"/>
          <rerunFailure message="failed in 98 of 98 runs, 100.0 % [96.3–100.0 %]; 27 × kind 3; commit-suite replay s-one.0123456789ab.3" type="failing"/>
          <rerunFailure message="failed in 98 of 98 runs, 100.0 % [96.3–100.0 %]; 26 × kind 4; commit-suite replay s-one.0123456789ab.4" type="failing"/>
        </testcase>
        <testcase classname="0123456789ab tests.test_stock" name="test_in"/>
        <testcase classname="0123456789ab tests.test_stock" name="test_later">
          <skipped message="skipped in every run"/>
        </testcase>
      </testsuite>
    </testsuites>
    "
  `)
})

const notes: Partial<ReportedCommit> = {
  unreadableReports: { reports: 2, runs: 1, why: 'junit.xml: unclosed tag' },
  outsideTests: [
    { fingerprint: 'ffffffffffff', message: 'does not build', runs: 3, example: 's-1', name: 'package/x' },
  ],
  independence: {
    ...{ machines: 10, runs: 100, untestable: null, rho: 0.2, pValue: 0.00123, effectiveRuns: 31.4, clustered: true },
    interval: { method: 'clopper-pearson', level: 0.95, low: 0.1, high: 0.5 },
  },
}

test('clustered runs, unreadable reports and failures beside the tests are told in every form', async () => {
  const told = withTests([], notes)
  const sentences = [
    'Runs failed together on some machines (p = 0.0012): 100 runs on 10 machines tell as much as 31 on machines of their own. Over machines like these the failure rate lies in [10.0–50.0 %].',
    '2 reports of 1 run could not be read, so that tests are missing there: junit.xml: unclosed tag',
  ]
  for (const sentence of sentences) {
    expect(terminal(told)).toContain(sentence)
    expect(await html(told)).toContain(sentence)
    expect(unescaped(await markdown(told))).toContain(sentence)
  }
  for (const text of [terminal(told), await html(told), unescaped(await markdown(told))]) {
    expect(text).toContain('3 × package/x: does not build')
  }
})

const unescaped = (text: string): string => text.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))

test('of many tests that failed some are listed, the most failing first, and the others counted', async () => {
  const many = Array.from({ length: 60 }, (_, at) =>
    reportedTest({ id: `t${at}`, failed: at + 1, failureRate: at / 60 }),
  )
  const shown = (text: string) => text.match(/\bt\d+\b/g)
  expect(shown(terminal(withTests(many)))).toEqual(Array.from({ length: 10 }, (_, at) => `t${59 - at}`))
  expect(terminal(withTests(many))).toContain('  and 50 more')
  expect(await markdown(withTests(many))).toContain('\nand 10 more\n')
  expect(await html(withTests(many))).toContain('<p>and 10 more</p>')
})

test('what does not count is no failure in JUnit, and is named as such', () => {
  const held = reportedTest({ quarantined: true, verdict: 'failing', runs: 40 })
  expect(junitXml(withTests([held]))).toContain('<skipped message="in quarantine: failed in 40 of 40 runs')
  expect(terminal(withTests([held]))).toContain('failing (quarantined) 40/40')
  expect(terminal(withTests([reportedTest({ ignored: true })]))).toContain('flaky (ignored)')
})

const hostile = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 60 })
  .map((text) => `<img src=x>|\n# h\u001b[2J[a](b)${text}`)
const hostileTest = (text: string) =>
  reportedTest({
    id: text,
    failures: [{ fingerprint: '0123456789ab', message: text, runs: 40, example: `s-one.${SHA.slice(0, 12)}.1` }],
  })
const hostileCommit = (text: string) =>
  withTests([hostileTest(text), { ...hostileTest(`${text}2`), missing: 3 }], {
    unreadableReports: { reports: 1, runs: 1, why: text },
    outsideTests: [{ fingerprint: 'ffffffffffff', message: text, runs: 3, example: 's-1', name: text }],
  })

test('no name and no message gets control over a terminal', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const lines = terminal(hostileCommit(text)).split('\n')
      expect(lines).toHaveLength(9)
      for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
    }),
  )
})

test('no name and no message breaks out of its cell in Markdown', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async (text) => {
      const told = await markdown(hostileCommit(text))
      const lines = told.split('\n')
      expect(told.replaceAll('<br>', '')).not.toMatch(/[<>]|\]\(/)
      expect(lines.filter((line) => line.startsWith('#'))).toHaveLength(2)
      const rows = lines.filter((line) => line.startsWith('| ') && line.includes('40/100'))
      expect(rows.map((row) => row.split('|').length)).toEqual([8, 8])
    }),
  )
})

test('no name and no message becomes markup of the page', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async (text) => {
      const page = await html(hostileCommit(text))
      expect(page).not.toMatch(/<img|<script/i)
      expect(page.match(/<tr>/g)).toHaveLength(2 + 1 + 2)
    }),
  )
})

/** Testcases as an independent XML parser finds them. */
function parsedCases(xmlTexts: string[]): { classname: string; name: string; message: string }[][] {
  const script = `import json, sys, xml.etree.ElementTree as E
def read(text):
    suite = E.fromstring(text.encode()).findall('testsuite')[1]
    return [{'classname': case.get('classname'), 'name': case.get('name'), 'message': case[0].get('message')} for case in suite]
print(json.dumps([read(text) for text in json.load(sys.stdin)]))`
  const python = spawnSync('python3', ['-c', script], { input: JSON.stringify(xmlTexts), encoding: 'utf8' })
  expect(python.stderr).toBe('')
  return JSON.parse(python.stdout)
}

test('any name and message makes well-formed XML that says the same', () => {
  const texts = [...fc.sample(hostile, { numRuns: 200, seed: 1 }), '"]]><x a=\'', '\0\ufffe', '&amp;<!--', 'a::b::c']
  const found = parsedCases(texts.map((text) => junitXml(hostileCommit(text))))
  for (const [at, text] of texts.entries()) {
    const kept = text.replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\ufffd')
    const [first] = found[at] ?? []
    const id = first?.classname === SHA.slice(0, 12) ? first.name : `${first?.classname.slice(13)}::${first?.name}`
    expect(id).toBe(kept)
    expect(first?.message).toContain(`40 × ${kept}`)
  }
})

test('JUnit is what readers of such reports take', async () => {
  const read: unknown = await parse(junitXml(withTests(all, { results: [reportedRun(0, 'failed')] })))
  expect(read).toMatchObject({
    testsuite: [
      { tests: 1, failures: 1 },
      {
        tests: 4,
        failures: 1,
        skipped: 1,
        testcase: [{ name: 'test_total' }, { failure: [{ type: 'failing' }] }, {}, {}],
      },
    ],
  })
})
