import type { RunTests } from '../../contract/index.ts'
import type { FrameworkName } from '../framework.ts'
import { inReportThread } from './report-thread.ts'
import { TestTally } from './test-tally.ts'
import { chooseSources, type TestsSource } from './tests-sources.ts'

/** What of a run may tell of its tests. */
export interface RunReports {
  /** Files that were kept of it; `name` is relative to the working directory. */
  files: readonly { name: string; path: string }[]
  /** Names of files that were too large to be kept. */
  leftOut?: readonly string[] | undefined
  /** What it printed, as far as that was kept. */
  stdout?: { head: Uint8Array; tail: Uint8Array; droppedBytes: number } | undefined
  framework: FrameworkName | null
  /** Values that must not appear in what is returned. */
  secrets?: readonly string[] | undefined
}

export interface TestsJob {
  sources: TestsSource[]
  secrets: readonly string[]
  /** Whether the framework's JUnit XML lists tests in the order in which they ran. */
  junitInOrder: boolean
}

export interface TestsAnswer {
  /** How many reports could be read. */
  reports: number
  tests: RunTests
}

/** For all reports of a run together, the time until a thread is free excepted. */
const LONGEST_MS = 60_000
/** A report that takes all time or memory must not take the others with it: it is given up, and they are read again. */
const ATTEMPTS = 3
/** Where that many were kept there may have been more. */
const MOST_FILES = 100

/** gotestsum lists failures first, Surefire has a file per class, Node's runner sorts by suites. */
const IN_ORDER: ReadonlySet<FrameworkName | null> = new Set<FrameworkName>(['pytest', 'vitest', 'jest', 'mocha'])

/**
 * Reads per-test results of a run from its reports, else from its output. They may hold anything: they are read in a
 * thread of bounded memory and time, and what is wrong with one is said in `unreadable`. Undefined where there is no
 * report at all. Never rejects.
 */
export async function readRunTests(run: RunReports, longestMs = LONGEST_MS): Promise<RunTests | undefined> {
  const { framework, secrets = [] } = run
  const sources = chooseSources(run)
  for (let attempt = 0; attempt < ATTEMPTS && sources.some(({ content }) => content.type !== 'lost'); attempt++) {
    const job: TestsJob = { sources, secrets, junitInOrder: IN_ORDER.has(framework) }
    const end = await inReportThread<TestsAnswer>('tests-main', job, Math.ceil(longestMs / ATTEMPTS))
    if (end.type === 'answer') return complete(end.answer, run)
    giveUp(sources, end.file, end.why)
  }
  for (const index of sources.keys()) giveUp(sources, index, 'not read, because other reports took too long')
  const tally = new TestTally(secrets)
  for (const { name, content } of sources) if (content.type === 'lost') tally.add(name, content.reading)
  return complete({ reports: 0, tests: tally.runTests(false) }, run)
}

function giveUp(sources: TestsSource[], index: number, why: string): void {
  const source = sources[index]
  if (source === undefined || source.content.type === 'lost') return
  sources[index] = { ...source, content: { type: 'lost', reading: { type: 'unreadable', why } } }
}

function complete({ reports, tests }: TestsAnswer, { files, leftOut = [] }: RunReports): RunTests | undefined {
  const { unreadable } = tests
  if (reports === 0 && unreadable.length === 0) return undefined
  if (files.length + leftOut.length < MOST_FILES) return tests
  const why = `${MOST_FILES} files are the most that is kept of a run: there may be more`
  return { ...tests, unreadable: [...unreadable, { name: 'reports', why }] }
}
