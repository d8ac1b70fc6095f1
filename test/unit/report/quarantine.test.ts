import { createColors } from 'picocolors'
import { expect, test } from 'vitest'
import { testLines } from '../../../src/cli/report/tests.ts'
import type { ReportedTest } from '../../../src/contract/index.ts'
import { htmlPieces } from '../../../src/report/html.ts'
import { markdownPieces } from '../../../src/report/markdown.ts'
import { quarantineNotes } from '../../../src/report/quarantine-notes.ts'
import { report, reportedCommit, reportedTest } from '../cli/fixture.ts'

const HELD = {
  quarantined: true,
  interval: { method: 'clopper-pearson', level: 0.95, low: 0.067, high: 0.652 },
} as const
const failing = reportedTest({ id: 't::net', runs: 10, failed: 3, ...HELD, failureRate: 0.3 })
const quiet = (id: string, fields: Partial<ReportedTest> = {}) =>
  reportedTest({
    ...{ id, runs: 10, failed: 0, failureRate: 0, verdict: 'passing', severity: 'none', failures: [] },
    ...{ quarantined: true, upperBound: { level: 0.95, value: 0.259 }, ...fields },
  })
const leaving = quiet('t::old', { mayLeaveQuarantine: true })
const outside = quiet('t::sound')
delete outside.quarantined

test('tests in quarantine are named with their rates, apart from those that may leave', () => {
  expect(quarantineNotes([failing, quiet('t::a'), quiet('t::b'), leaving, outside])).toEqual([
    '1 quarantined test failed, which is no failure of the commit: t::net (3/10, 30.0 % [6.7–65.2 %]).',
    '2 quarantined tests did not fail: t::a (0/10, < 25.9 % (95 %)), t::b (0/10, < 25.9 % (95 %)).',
    '1 quarantined test passed often enough, here and at earlier commits, to leave the quarantine (failure rate below 1 %): t::old (0/10, < 25.9 % (95 %)).',
  ])
  expect(quarantineNotes([outside])).toEqual([])
})

test('of many, the first are named and the others counted', () => {
  const [note] = quarantineNotes(Array.from({ length: 12 }, (_, at) => quiet(`t::${at}`)))
  expect(note).toMatch(/^12 quarantined tests did not fail: t::0 .*t::9 \(.*\), and 2 more\.$/)
})

test('every form of a report says so', async () => {
  const whole = report({ commits: [reportedCommit({ tests: [failing, leaving], testCount: 2 })] })
  const { commits, ...head } = whole
  const written = async (pieces: AsyncIterable<string>) => {
    let text = ''
    for await (const piece of pieces) text += piece
    return text
  }
  async function* each() {
    yield* commits
  }
  for (const text of [
    testLines(whole, 100, createColors(false)).join('\n'),
    await written(markdownPieces(head, each())),
    await written(htmlPieces(head, each())),
  ]) {
    expect(text).toMatch(/1 quarantined test failed, which is no failure of the commit/)
    expect(text).toMatch(/to leave the quarantine/)
  }
})
