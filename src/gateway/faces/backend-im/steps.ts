import type { ExecutorName, SuiteEvent, SuiteEventData } from '../../../contract/index.ts'
import type { Step, StepId } from './test-results.ts'

/** What is known of a test so far: when its place was made, and the events of its suite. Times are RFC 3339. */
export interface TestCourse {
  executor: ExecutorName
  begunAt: string
  /** When the session's place was there. */
  readyAt?: string
  /** When the suite was asked for. */
  askedAt?: string
  /** Whether the session's last request was for another repository. */
  firstOfRepository: boolean
  events: readonly SuiteEvent[]
}

/** The steps that a test has begun, in order. A longer course of the same test only adds to them. */
export function stepsOf(course: TestCourse): Step[] {
  const { executor, begunAt, readyAt, askedAt, firstOfRepository, events } = course
  const environment = events.filter((event) => event.type === 'environment.step')
  const at = (step: EnvironmentStep): string | undefined => environment.find(({ data }) => data.step === step)?.at
  const ready = environment.find(({ data }) => data.step === 'ready')
  const cached = ready?.data.cached === true
  const fetch: StepId = firstOfRepository ? 'repo_clone' : 'repo_update'
  const all: [StepId, string, string | undefined][] = [
    ['setup', 'Setting up the test environment', begunAt],
    ['pod_ready', 'The namespace is ready for pods', executor === 'kubernetes' ? readyAt : undefined],
    ['setup_complete', 'The test environment is ready', readyAt],
    ['repo_check', 'Checking the repository', askedAt],
    [fetch, firstOfRepository ? 'Cloning repository' : 'Updating repository', askedAt],
    ['commit_checkout', 'Checking out the commit', at('checkout')],
    ['commit_verified', 'The commit is checked out', at('setup') ?? ready?.at],
    [
      'dependencies',
      cached ? 'Using dependencies installed before' : 'Installing dependencies',
      at('setup') ?? (cached ? ready?.at : undefined),
    ],
    ['test_execution', 'Running the tests', events.find(({ type }) => type === 'run.started')?.at],
  ]
  return all.flatMap(([step, description, timestamp]) =>
    timestamp === undefined ? [] : [{ step, description, timestamp }],
  )
}

type EnvironmentStep = SuiteEventData<'environment.step'>['step']
