import { z } from 'zod'
import { failureMessage } from './failure-message.ts'
import { linesOf } from './lines.ts'
import { ReadTests } from './read-tests.ts'
import { REPORT_LIMITS, type Reading, unreadable } from './reading.ts'

/** What of an event of `go test -json` is needed; of a build it has an `ImportPath` and no package. */
const eventSchema = z.object({
  Action: z.string(),
  Package: z.string().optional(),
  ImportPath: z.string().optional(),
  Test: z.string().optional(),
  Output: z.string().optional(),
  FailedBuild: z.string().optional(),
})
type Event = z.infer<typeof eventSchema>

const OUTCOMES = { pass: 'passed', fail: 'failed', skip: 'skipped' } as const
const isEnd = (action: string): action is keyof typeof OUTCOMES => action in OUTCOMES

/** A package whose tests are under way: what each of them, and the package itself (''), has printed. */
interface OpenPackage {
  outputs: Map<string, string>
  /** Tests that failed, and those that they are part of. */
  failed: Set<string>
}

/**
 * Reads the lines of `go test -json`, other lines between them left out. Ids are `package::TestName/sub`. A test that
 * began and did not end, as after a panic of another one, is in the order only. Where a package did not end the stream
 * is cut off, and nothing of it counts.
 */
export function readGoTests(text: string): Reading {
  const found = new ReadTests()
  const open = new Map<string, OpenPackage>()
  const builds = new Map<string, string>()
  let events = 0
  try {
    for (const line of linesOf(text)) {
      const event = parseEvent(line)
      if (event === undefined) continue
      events += 1
      if (event.Package !== undefined) readEvent({ ...event, Package: event.Package }, { found, open, builds })
      else if (event.ImportPath !== undefined) append(builds, event.ImportPath, event.Output)
    }
  } catch (error) {
    return unreadable(error)
  }
  if (events === 0) return { type: 'other' }
  const [unfinished] = open.keys()
  return unfinished === undefined ? found.reading() : unreadable(`it ends before the tests of ${unfinished} do`)
}

function parseEvent(line: string): Event | undefined {
  if (!line.startsWith('{"') || !line.includes('"Action":')) return undefined
  try {
    return eventSchema.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}

interface State {
  found: ReadTests
  open: Map<string, OpenPackage>
  builds: Map<string, string>
}

function readEvent(event: Event & { Package: string }, state: State): void {
  const { Action: action, Package: name, Test: test, Output: output } = event
  const underway = state.open.get(name) ?? { outputs: new Map<string, string>(), failed: new Set<string>() }
  state.open.set(name, underway)
  if (action === 'output') append(underway.outputs, test ?? '', output)
  if (action === 'run' && test !== undefined) state.found.began(`${name}::${test}`)
  if (!isEnd(action)) return
  if (test === undefined) endPackage(event, underway, state)
  else {
    state.found.ended(`${name}::${test}`, OUTCOMES[action], action === 'fail' ? whyFailed(test, underway) : '')
    underway.outputs.delete(test)
  }
}

function whyFailed(test: string, { outputs, failed }: OpenPackage): string {
  const message = messageOf(outputs.get(test) ?? '') || (failed.has(test) ? 'a subtest failed' : '')
  for (let end = test.length; end > 0 && !failed.has(test.slice(0, end)); end = test.lastIndexOf('/', end - 1)) {
    failed.add(test.slice(0, end))
  }
  return message
}

/** A package that failed without a test did not build, ran into its time limit or ended by itself. */
function endPackage(event: Event & { Package: string }, { outputs, failed }: OpenPackage, state: State): void {
  state.open.delete(event.Package)
  if (event.Action !== 'fail' || failed.size > 0) return
  const built = state.builds.get(event.FailedBuild ?? '')?.replace(BUILD_HEADLINE, '')
  state.found.outside(event.Package, messageOf(built ?? [...outputs.values()].join('')))
}

const BUILD_HEADLINE = /^# .*\n/gm

/** The beginning is enough: what went wrong stands before its stacks. */
function append(outputs: Map<string, string>, key: string, output: string | undefined): void {
  const before = outputs.get(key) ?? ''
  if (output !== undefined && before.length < REPORT_LIMITS.messageLength) outputs.set(key, before + output)
}

const messageOf = (output: string): string => failureMessage({ type: '', message: '', text: output })
