import type { CommitSuiteError, SessionRef, SuiteEvent, SuiteRequest } from '../../../contract/index.ts'
import type { Caller } from '../../auth/caller.ts'
import type { TestRequest } from './client-message.ts'
import type { Face } from './face.ts'
import { knownFault } from './fault-message.ts'
import { runOf } from './live-tail.ts'
import { outcomeOf } from './outcome.ts'
import { readOutput } from './read-output.ts'
import type { FoundPlace } from './session-place.ts'
import { type StartedSuite, startAlone, suitePrefix } from './start-alone.ts'
import { stepsOf, type TestCourse } from './steps.ts'
import type { TestResults } from './test-results.ts'
import { type WatchedSuite, watchSuite } from './watch-suite.ts'

export interface AskedTest {
  session: SessionRef
  caller: Caller
  request: TestRequest
  /** The place of the session, made or found when it is its turn. What it throws is thrown on. */
  place(): Promise<FoundPlace>
}

export interface PerformedTest {
  place: FoundPlace
  results: TestResults
  /** What is to be said besides the output; undefined where there is nothing. */
  message: string | undefined
}

/** Told of a test again and again, with all that is known of it; waited for. */
export type OnProgress = (course: TestCourse, suite: string) => Promise<void>

interface Begun {
  place: FoundPlace
  begunAt: string
  started: StartedSuite | { failure: CommitSuiteError }
}

/**
 * One request as one suite of one run, when the session's earlier ones have ended. Trouble with the repository, the
 * set-up or the cluster is a result with status `error`; what the request's place throws is thrown on. An abort ends
 * the watching only: a suite that has begun goes on, as a client that comes back finds its session as it left it.
 */
export async function performTest(
  face: Face,
  test: AskedTest,
  signal: AbortSignal,
  onProgress: OnProgress = async () => undefined,
): Promise<PerformedTest> {
  const turn = suitePrefix(face.executor, test.session)
  const begun = await face.turns.take(turn, () => begin(face, test, signal))
  const { place, started } = begun
  const course = (events: readonly SuiteEvent[]): TestCourse => courseOf(face, test, begun, events)
  if ('failure' in started) return await ended(face, { test, course: course([]), place }, started)
  const watched = await watchSuite(face, started.suite, signal, (events) => onProgress(course(events), started.suite))
  return await ended(face, { test, course: course(watched.events), place }, watched)
}

/** What of a request happens in its turn. */
async function begin(face: Face, test: AskedTest, signal: AbortSignal): Promise<Begun> {
  signal.throwIfAborted()
  const begunAt = new Date().toISOString()
  const place = await test.place()
  try {
    const started = await startAlone(face, test, suiteRequest(face, test), signal)
    return { place, begunAt, started }
  } catch (error) {
    const failure = knownFault(error)
    if (failure === undefined) throw error
    return { place, begunAt, started: { failure } }
  }
}

function suiteRequest({ executor, defaults }: Face, { session, caller, request }: AskedTest): SuiteRequest {
  const { repoURL, commitHash, projectType, testCommand } = request
  return {
    ...defaults,
    repo: repoURL,
    commits: [commitHash],
    projectType,
    ...(testCommand === null ? {} : { command: { shell: testCommand } }),
    ...{ runs: 1, parallelism: 1, executor, session, network: { key: caller.key } },
    // Someone waits for it.
    priority: 1,
  }
}

function courseOf(face: Face, test: AskedTest, begun: Begun, events: readonly SuiteEvent[]): TestCourse {
  const { begunAt, place, started } = begun
  // A place that was found earlier is ready at once.
  const readyAt = new Date(Math.max(Date.parse(place.at), Date.parse(begunAt))).toISOString()
  const common = { executor: face.executor, begunAt, readyAt, events }
  if ('failure' in started) return { ...common, firstOfRepository: true }
  const bare = (url: string | undefined): string | undefined => url?.replace(/\/+$/, '')
  const firstOfRepository = bare(started.before?.spec.repo) !== bare(test.request.repoURL)
  return { ...common, askedAt: started.askedAt, firstOfRepository }
}

interface EndedTest {
  test: AskedTest
  course: TestCourse
  place: FoundPlace
}

async function ended(
  { store }: Face,
  { test, course, place }: EndedTest,
  { failure }: Pick<WatchedSuite, 'failure'>,
): Promise<PerformedTest> {
  const { events, executor } = course
  const { namespace } = place
  const { status, message, clusterFaults } = outcomeOf({ executor, namespace, events, failure })
  const run = runOf(events)
  const [stdout, stderr] =
    run === undefined
      ? ['', '']
      : await Promise.all([readOutput(store.logs, run, 'stdout'), readOutput(store.logs, run, 'stderr')])
  const results: TestResults = {
    commit: test.request.commitHash,
    status,
    success: status === 'passed',
    duration: durationOf(course),
    commit_message: subjectOf(events),
    output: { stdout, stderr: withMessage(stderr, message), kubectl_errors: clusterFaults },
    steps: stepsOf(course),
  }
  return { place, results, message }
}

/** What the tests themselves wrote comes first. */
function withMessage(stderr: string, message: string | undefined): string {
  if (message === undefined) return stderr
  return stderr === '' || stderr.endsWith('\n') ? `${stderr}${message}` : `${stderr}\n${message}`
}

/** Of the tests where they ran, else of all that was done for them; in seconds, to the hundredth. */
function durationOf({ events, begunAt }: TestCourse): number {
  const run = events.findLast((event) => event.type === 'run.finished')
  const ran = events.some(({ type }) => type === 'run.started')
  const ms = run !== undefined && ran ? run.data.durationMs : Date.now() - Date.parse(begunAt)
  return Math.max(0, Math.round(ms / 10)) / 100
}

const subjectOf = (events: readonly SuiteEvent[]): string =>
  events.find((event) => event.type === 'commit.resolved')?.data.subject ?? ''
