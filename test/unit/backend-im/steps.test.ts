import { describe, expect, it } from 'vitest'
import { stepsOf, type TestCourse } from '../../../src/gateway/faces/backend-im/steps.ts'
import { STEP_IDS } from '../../../src/gateway/faces/backend-im/test-results.ts'
import { begun, finished, resolved, runFinished, runStarted, step, told } from './events.ts'

const course: TestCourse = {
  executor: 'local',
  begunAt: '2026-01-31T10:00:00.000Z',
  readyAt: '2026-01-31T10:00:01.000Z',
  askedAt: '2026-01-31T10:00:01.500Z',
  firstOfRepository: true,
  events: [],
}
const whole = told(
  ...[resolved, begun, step('provision'), step('checkout'), step('setup', 'pip install'), step('ready')],
  ...[runStarted(), runFinished('passed'), step('released'), finished()],
)
const ids = (changes: Partial<TestCourse>) => stepsOf({ ...course, ...changes }).map((one) => one.step)

describe('steps of a test', () => {
  it('are told with the times of its events', () => {
    expect(stepsOf({ ...course, events: whole })).toMatchInlineSnapshot(`
      [
        {
          "description": "Setting up the test environment",
          "step": "setup",
          "timestamp": "2026-01-31T10:00:00.000Z",
        },
        {
          "description": "The test environment is ready",
          "step": "setup_complete",
          "timestamp": "2026-01-31T10:00:01.000Z",
        },
        {
          "description": "Checking the repository",
          "step": "repo_check",
          "timestamp": "2026-01-31T10:00:01.500Z",
        },
        {
          "description": "Cloning repository",
          "step": "repo_clone",
          "timestamp": "2026-01-31T10:00:01.500Z",
        },
        {
          "description": "Checking out the commit",
          "step": "commit_checkout",
          "timestamp": "2026-01-31T10:00:05.000Z",
        },
        {
          "description": "The commit is checked out",
          "step": "commit_verified",
          "timestamp": "2026-01-31T10:00:06.000Z",
        },
        {
          "description": "Installing dependencies",
          "step": "dependencies",
          "timestamp": "2026-01-31T10:00:06.000Z",
        },
        {
          "description": "Running the tests",
          "step": "test_execution",
          "timestamp": "2026-01-31T10:00:08.000Z",
        },
      ]
    `)
  })

  it('come in the order of the contract, and only add to those told before', () => {
    for (const executor of ['local', 'kubernetes'] as const) {
      for (let events = 0; events <= whole.length; events++) {
        const before = ids({ executor, events: whole.slice(0, events) })
        expect(before).toEqual(STEP_IDS.filter((id) => before.includes(id)))
        expect(ids({ executor, events: whole }).slice(0, before.length)).toEqual(before)
      }
    }
  })

  it('update a repository that the session had before', () => {
    expect(ids({ firstOfRepository: false })).toEqual(['setup', 'setup_complete', 'repo_check', 'repo_update'])
  })

  it('have a namespace that is ready for pods on Kubernetes only', () => {
    expect(ids({ executor: 'kubernetes' }).slice(0, 3)).toEqual(['setup', 'pod_ready', 'setup_complete'])
    expect(ids({})).not.toContain('pod_ready')
  })

  it('end where the trouble is', () => {
    const { executor, begunAt, firstOfRepository, events } = course
    expect(stepsOf({ executor, begunAt, firstOfRepository, events }).map(({ step: id }) => id)).toEqual(['setup'])
    const broken = told(resolved, begun, step('provision'), step('checkout'), step('failed', 'checkout: no such path'))
    expect(ids({ events: broken }).at(-1)).toBe('commit_checkout')
  })

  it('say that dependencies were there, and leave them out where there are none', () => {
    const cached = told(resolved, begun, step('checkout'), step('ready', 'prepared earlier', { cached: true }))
    expect(stepsOf({ ...course, events: cached }).at(-1)).toMatchObject({
      step: 'dependencies',
      description: 'Using dependencies installed before',
    })
    const none = told(resolved, begun, step('checkout'), step('ready', 'prepared', { cached: false }))
    expect(ids({ events: none }).at(-1)).toBe('commit_verified')
  })
})
