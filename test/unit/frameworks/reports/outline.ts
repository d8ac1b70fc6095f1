import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runTestsSchema } from '../../../../src/contract/index.ts'
import type { Reading } from '../../../../src/frameworks/reports/reading.ts'
import { TestTally } from '../../../../src/frameworks/reports/test-tally.ts'

/** What a real tool wrote, its paths replaced. */
export const sample = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../fixtures/reports/${name}`, import.meta.url)), 'utf8')

/** Readings as a run's tests, one line for each, ordered as they began: `+` passed, `-` failed, `?` did not end. */
export function outline(...readings: Reading[]): string {
  const tally = new TestTally([])
  for (const reading of readings) tally.add('report', reading)
  const { ran, failed, skipped, outsideTests, unreadable, order } = runTestsSchema.parse(tally.runTests(true))
  const messages = new Map(failed.map(({ id, message }) => [id, message]))
  const lines = order.map((id) => {
    if (skipped.includes(id)) return `~ ${id}`
    if (!ran.includes(id)) return `? ${id}`
    return messages.has(id) ? `- ${id}: ${firstLine(messages.get(id))}` : `+ ${id}`
  })
  return [
    ...lines,
    ...outsideTests.map(({ id, message }) => `! ${id}: ${firstLine(message)}`),
    ...unreadable.map(({ name, why }) => `unreadable ${name}: ${why}`),
  ].join('\n')
}

const firstLine = (text = ''): string => text.split('\n', 1)[0] ?? ''
