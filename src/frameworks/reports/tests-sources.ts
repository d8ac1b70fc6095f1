import type { RunReports } from './read-run-tests.ts'
import { type Unreadable, unreadable } from './reading.ts'
import { formatOfOutput } from './report-format.ts'
import { isRequested } from './requested.ts'

/** Something that may tell of a run's tests. */
export interface TestsSource {
  /** For people. */
  name: string
  /** Looked at only where no source before it told of tests. */
  last: boolean
  content:
    | { type: 'file'; path: string }
    | { type: 'output'; format: 'go' | 'tap'; bytes: Uint8Array }
    | { type: 'lost'; reading: Unreadable }
}

/** Other files that a suite keeps may be as large as they like. */
const REPORT_NAME = /\.(?:xml|jsonl?|ndjson|tap)$/i

/**
 * What to read of a run, in order: the report that we asked for alone, where there is one, else every file that was
 * kept; then the output. What `go test -json` prints comes first: it is what the command was given for.
 */
export function chooseSources({ files, leftOut = [], stdout, framework }: RunReports): TestsSource[] {
  const output = stdout === undefined ? undefined : outputSource(stdout)
  if (framework === 'go' && output?.format === 'go') return [{ ...output.source, last: false }]
  const kept = files.map(({ name, path }): TestsSource => ({ name, last: false, content: { type: 'file', path } }))
  const lost = leftOut
    .filter((name) => REPORT_NAME.test(name))
    .map((name): TestsSource => ({ name, last: false, content: lostBy('it is too large to be kept') }))
  const all = [...kept, ...lost]
  const requested = all.filter(({ name }) => isRequested(name))
  const chosen = requested.length > 0 ? requested : all
  return output === undefined ? chosen : [...chosen, output.source]
}

function outputSource({ head, tail, droppedBytes }: NonNullable<RunReports['stdout']>) {
  const format = formatOfOutput(head)
  if (format === undefined) return undefined
  const source: TestsSource = {
    name: 'stdout',
    last: true,
    content: { type: 'output', format, bytes: joined(head, tail) },
  }
  if (droppedBytes === 0) return { format, source }
  const why = `${droppedBytes} bytes in the middle of the output were not kept`
  return { format, source: { ...source, content: lostBy(why) } }
}

const lostBy = (why: string): TestsSource['content'] => ({ type: 'lost', reading: unreadable(why) })

const joined = (head: Uint8Array, tail: Uint8Array): Uint8Array =>
  tail.byteLength === 0 ? head : Buffer.concat([head, tail])
