import { z } from 'zod'
import { failureMessage } from './failure-message.ts'
import { type Entry, ReadTests } from './read-tests.ts'
import { type Reading, testId, unreadable, WITHIN } from './reading.ts'
import { withoutTree } from './tree-paths.ts'

const texts = z.array(z.string()).catch([])

const assertionSchema = z.object({
  ancestorTitles: texts,
  title: z.string(),
  status: z.string(),
  failureMessages: texts,
  /** More than one where Jest repeats failed tests. */
  invocations: z.number().catch(1),
  retryReasons: texts,
})

type Assertion = z.infer<typeof assertionSchema>

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      /** Absolute path of the file. */
      name: z.string(),
      status: z.string().catch(''),
      message: z.string().catch(''),
      assertionResults: z.array(assertionSchema),
    }),
  ),
})
type JestFile = z.infer<typeof reportSchema>['testResults'][number]

/**
 * Reads what `jest --json` writes, and Vitest's reporter `json`. The class of a test is its file, relative to the root
 * of the commit; where that cannot be told, to the folder that holds all files. One that passed only when it was
 * repeated has failed.
 */
export function readJestTests(text: string): Reading {
  try {
    const report = reportSchema.safeParse(JSON.parse(text))
    if (!report.success) return { type: 'other' }
    const found = new ReadTests()
    const files = report.data.testResults
    const names = relativeNames(files.map(({ name }) => name))
    for (const [index, file] of files.entries())
      for (const entry of entriesOf(file, names[index] ?? file.name)) found.add(entry)
    return found.reading()
  } catch (error) {
    return unreadable(error)
  }
}

function* entriesOf({ assertionResults, status, message }: JestFile, name: string): Generator<Entry> {
  if (assertionResults.length === 0 && status === 'failed') {
    yield { id: name, outcome: 'outside', message: messageOf(withoutHeadline(message)) }
  }
  for (const { ancestorTitles, title, ...assertion } of assertionResults) {
    yield { id: testId(name, [...ancestorTitles, title].join(WITHIN)), ...outcomeOf(assertion) }
  }
}

function outcomeOf(assertion: Omit<Assertion, 'ancestorTitles' | 'title'>): Omit<Entry, 'id'> {
  const { status, failureMessages, invocations, retryReasons } = assertion
  const message = messageOf([...failureMessages, ...retryReasons][0] ?? '')
  if (status === 'failed') return { outcome: 'failed', message }
  if (status !== 'passed') return { outcome: 'skipped' }
  return invocations > 1 ? { outcome: 'failed', message: message || REPEATED } : { outcome: 'passed' }
}

const messageOf = (text: string): string => failureMessage({ type: '', message: '', text })

const REPEATED = 'failed at first, passed when it was repeated'

/** Jest begins with `● Test suite failed to run`. */
const withoutHeadline = (message: string): string => message.replace(/^\s*●[^\n]*\n/, '')

function relativeNames(names: readonly string[]): string[] {
  const within = names.map((name) => withoutTree(name))
  if (within.every((name) => !name.startsWith('/'))) return within
  const folders = names.map((name) => name.split('/').slice(0, -1))
  const [first = []] = folders
  const shared = first.findIndex((part, index) => folders.some((folder) => folder[index] !== part))
  return names.map((name) =>
    name
      .split('/')
      .slice(shared < 0 ? first.length : shared)
      .join('/'),
  )
}
