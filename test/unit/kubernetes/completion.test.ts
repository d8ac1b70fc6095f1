import { describe, expect, test } from 'vitest'
import { classify } from '../../../activities/classify.ts'
import { CommitSuiteError } from '../../../src/contract/index.ts'
import type { EndCause } from '../../../src/executors/kubernetes/pods/pod-state.ts'
import { completionOf } from '../../../src/executors/kubernetes/run/completion.ts'
import type { Followed } from '../../../src/executors/kubernetes/run/follow.ts'

const nothing = { totalBytes: 0, droppedBytes: 0, head: new Uint8Array(), tail: new Uint8Array() }
const streams = { stdout: nothing, stderr: nothing }
const STARTED = new Date(1_000_000)

const endedPod = (cause: EndCause, startedAt: Date | null): Followed => ({
  ...{ type: 'pod ended', message: 'it ended', cause },
  ...streams,
  startedAt,
})
const finished = (status: Partial<Extract<Followed, { type: 'finished' }>['status']>): Followed => ({
  ...{ type: 'finished', startedAt: STARTED },
  ...streams,
  status: {
    ...{ exitCode: 0, signal: null, timedOut: false, startedAtMs: STARTED.getTime(), durationMs: 20 },
    ...{ stdout: { totalBytes: 0 }, stderr: { totalBytes: 0 }, oomKills: 0, leftovers: 0 },
    ...status,
  },
})
const outcomeOf = (followed: Followed) => classify(completionOf(followed, [], 'node-1'))

describe('a run whose runner said how it ended', () => {
  test.each([
    [{ exitCode: 0 }, 'passed', null],
    [{ exitCode: 3 }, 'failed', null],
    [{ exitCode: null, signal: 11 }, 'crashed', 'signal'],
    [{ exitCode: null, signal: 9, timedOut: true }, 'timed_out', null],
    [{ exitCode: null, signal: 9, oomKills: 1 }, 'crashed', 'out_of_memory'],
  ])('%j is %s', (status, outcome, reason) => {
    expect(outcomeOf(finished(status))).toEqual({ outcome, reason })
  })

  test('with a clock that went back took no time, not less', () => {
    expect(completionOf(finished({ durationMs: -5 }), [], 'node-1')).toMatchObject({ durationMs: 0, node: 'node-1' })
  })
})

describe('a run whose pod ended first', () => {
  test.each([
    ['out_of_memory', 'crashed', 'out_of_memory'],
    ['out_of_disk', 'crashed', 'disk_limit'],
    ['deadline', 'timed_out', null],
    ['told_to_end', 'crashed', 'signal'],
  ] satisfies [EndCause, string, string | null][])(
    'by %s is its own doing once its command had begun',
    (cause, outcome, reason) => {
      expect(outcomeOf(endedPod(cause, STARTED))).toEqual({ outcome, reason })
      expect(completionOf(endedPod(cause, STARTED), [], 'node-1')).toMatchObject({ startedAt: STARTED, files: [] })
    },
  )

  test.each(['out_of_memory', 'out_of_disk', 'deadline', 'told_to_end'] satisfies EndCause[])(
    'by %s is a fault where its command had not begun',
    (cause) => {
      expect(() => completionOf(endedPod(cause, null), [], 'node-1')).toThrow(
        expect.objectContaining({ code: 'pod_failed', retryable: true }),
      )
    },
  )

  test('by an end that nobody explains is a fault, whatever had begun', () => {
    expect(() => completionOf(endedPod('exit', STARTED), [], 'node-1')).toThrow(
      expect.objectContaining({ code: 'pod_failed' }),
    )
  })
})

test('a pod that was taken away is the fault that took it', () => {
  const error = new CommitSuiteError('pod_preempted', 'more important pods came')
  expect(() => completionOf({ type: 'lost', error, ...streams, startedAt: STARTED }, [], 'n')).toThrow(error)
})
