import fc from 'fast-check'
import { expect, test } from 'vitest'
import { annotations } from '../../../src/report/github/annotations.ts'
import { withinBytes } from '../../../src/report/github/step-summary.ts'
import { inert, workflowCommand } from '../../../src/report/github/workflow-command.ts'
import { overallVerdict } from '../../../src/report/overall.ts'
import { report, reportedCommit, reportedTest, SHA2 } from '../cli/fixture.ts'

// What a job of GitHub Actions takes for a command is ours alone, whatever tests and commits are called.

/** As the runner reads a line: https://github.com/actions/runner, ActionCommand.TryParseV2 and TryParse. */
function isCommand(line: string): boolean {
  const begin = line.replace(/^[\s\u0085]+/, '')
  return (begin.startsWith('::') && begin.indexOf('::', 2) > 0) || line.includes('##[')
}
const linesOf = (text: string): string[] => text.split(/\r\n|\r|\n/)

const hostile = fc
  .array(fc.constantFrom('::', ':', '##[', '#', '[', ' ', '\n', '\r', '\u0085', '%', ',', 'error', 'set-env name=A'), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''))

test('an annotation is one line, and its texts stay in their places', () => {
  expect(workflowCommand('error', 'a::b, 100%\n::error::c', 'x, y: 5%\r\n::set-env name=A::b')).toBe(
    '::error title=a%3A%3Ab%2C 100%25%0A%3A%3Aerror%3A%3Ac::x, y: 5%25%0D%0A::set-env name=A::b',
  )
  fc.assert(
    fc.property(hostile, hostile, (title, message) => {
      const line = workflowCommand('warning', title, message)
      expect(linesOf(line)).toHaveLength(1)
      const [, told = '', rest = ''] = /^::warning title=([^:,]*)::(.*)$/s.exec(line) ?? []
      const plain = (text: string) => text.replace(/%(25|0D|0A|3A|2C)/g, (code) => decodeURIComponent(code))
      expect([plain(told), plain(rest)]).toEqual([title, message])
    }),
  )
})

test('text of whatever origin is no command in a log', () => {
  expect(inert('  ::set-env name=A::b\nsee tests::a ##[error]no')).toBe(
    '  : :set-env name=A::b\nsee tests::a # #[error]no',
  )
  fc.assert(fc.property(hostile, (text) => !linesOf(inert(text)).some(isCommand)))
})

test('a line of JSON is no command either, and stays the same document', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const line = inert(JSON.stringify({ text }))
      expect(isCommand(line)).toBe(false)
      expect(JSON.parse(line)).toEqual({ text })
    }),
  )
})

test('failing commits and tests are errors, flaky ones warnings; what does not count is not told', () => {
  const failing = reportedCommit({
    sha: SHA2,
    verdict: 'failing',
    failureRate: 1,
    interval: null,
    passed: 0,
    failed: 4,
  })
  const tests = [
    reportedTest(),
    reportedTest({ id: 't::gone', verdict: 'failing', failed: 100, failures: [] }),
    reportedTest({ id: 't::held', quarantined: true }),
  ]
  const passing = reportedCommit({ verdict: 'passing' })
  expect(annotations(report({ commits: [reportedCommit({ tests }), failing, passing] }))).toMatchInlineSnapshot(`
    [
      "::error title=t%3A%3Agone%3A failing::failed in 100 of 100 runs at 0123456789ab, 40.0 %25 [30.3–50.3 %25]",
      "::error title=fedcba987654 Add a feature%3A failing::4 of 4 runs failed, 100.0 %25",
      "::warning title=0123456789ab Add a feature%3A flaky::1 of 4 runs failed, 25.0 %25 [0.6–80.6 %25]",
      "::warning title=tests.test_orders%3A%3Atest_total%3A flaky::failed in 40 of 100 runs at 0123456789ab, 40.0 %25 [30.3–50.3 %25]%0AAssertionError: 3 != 4%0Acommit-suite replay s-one.0123456789ab.1",
    ]
  `)
})

test('a suite that came to no end is an error, and of many annotations the last says how many there are', () => {
  const many = Array.from({ length: 40 }, (_, at) => reportedTest({ id: `t::n${at}` }))
  const lines = annotations(
    report({ status: 'failed', failure: 'fetch_failed: no', commits: [reportedCommit({ tests: many })] }),
  )
  expect(lines).toHaveLength(11)
  expect(lines[0]).toBe('::error title=s-one failed::fetch_failed: no')
  expect(lines.at(-1)).toMatch(/^::warning title=and 32 more::/)
})

async function* pieces(...texts: string[]) {
  yield* texts
}

test('a summary is cut at a line and says so', async () => {
  expect(await withinBytes(pieces('one\n', 'two\n'), 100)).toBe('one\ntwo\n')
  const text = await withinBytes(pieces('# head\n', 'ü'.repeat(100), '\n', 'more\n'.repeat(100)), 400)
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(400)
  expect(text).toMatch(/^# head\nü+\n(more\n)+more\n\nCut here/)
  expect(await withinBytes(pieces('x\n'.repeat(100)), 50)).toBe('')
})

test('the verdict of a suite is the worst of its commits, and of one that was not carried through never passing', () => {
  const [flaky, passing] = [reportedCommit(), reportedCommit({ verdict: 'passing' })]
  expect(overallVerdict({ status: 'completed', commits: [passing, flaky] })).toBe('flaky')
  expect(overallVerdict({ status: 'completed', commits: [passing] })).toBe('passing')
  expect(overallVerdict({ status: 'cancelled', commits: [passing] })).toBe('inconclusive')
  expect(overallVerdict({ status: 'failed', commits: [] })).toBe('inconclusive')
})
