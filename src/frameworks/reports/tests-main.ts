import { readFile } from 'node:fs/promises'
import { answerJobs } from './answer-jobs.ts'
import { readGoTests } from './go-tests.ts'
import { readJestTests } from './jest-tests.ts'
import { readJunitTests } from './junit-tests.ts'
import { oversized } from './oversized.ts'
import type { TestsAnswer, TestsJob } from './read-run-tests.ts'
import { type Reading, unreadable } from './reading.ts'
import { formatOf, type ReportFormat } from './report-format.ts'
import { readTapTests } from './tap-tests.ts'
import { TestTally } from './test-tally.ts'
import type { TestsSource } from './tests-sources.ts'

/** Reads the reports of a run. */
async function readTests(
  { sources, secrets, junitInOrder }: TestsJob,
  reading: (file: number) => void,
): Promise<TestsAnswer> {
  const tally = new TestTally(secrets)
  for (const [file, { name, last, content }] of sources.entries()) {
    if (last && tally.reports > 0) continue
    reading(file)
    const { format, reading: read } = await readContent(content)
    tally.add(name, format === 'junit' && !junitInOrder ? withoutOrder(read) : read)
  }
  return { reports: tally.reports, tests: tally.runTests(tally.reports === 1) }
}

const withoutOrder = (reading: Reading): Reading => (reading.type === 'tests' ? { ...reading, order: [] } : reading)

async function readContent(content: TestsSource['content']): Promise<{ format?: ReportFormat; reading: Reading }> {
  if (content.type === 'lost') return { reading: content.reading }
  try {
    if (content.type === 'output') return { reading: await readAs(content.format, content.bytes) }
    const large = await oversized(content.path)
    if (large !== undefined) return { reading: large }
    const bytes = await readFile(content.path)
    const format = formatOf(bytes)
    return format === undefined ? { reading: { type: 'other' } } : { format, reading: await readAs(format, bytes) }
  } catch (error) {
    return { reading: unreadable(error) }
  }
}

async function readAs(format: ReportFormat, bytes: Uint8Array): Promise<Reading> {
  if (format === 'junit') return await readJunitTests(bytes)
  const text = new TextDecoder().decode(bytes)
  switch (format) {
    case 'go':
      return readGoTests(text)
    case 'tap':
      return readTapTests(text)
    case 'jest':
      return readJestTests(text)
  }
}

answerJobs(readTests)
