import { CancelledFailure } from '@temporalio/common'
import { describe, expect, test } from 'vitest'
import { CommitSuiteError } from '../../../src/contract/index.ts'
import { isDone } from '../../../src/executors/kubernetes/run/is-done.ts'

const abortedBy = (reason: string): AbortSignal => AbortSignal.abort(new CancelledFailure(reason))
const live = new AbortController().signal

describe('a run whose worker failed it', () => {
  test('is over when it was cancelled or lost', () => {
    expect(isDone(new CancelledFailure('CANCELLED'), abortedBy('CANCELLED'))).toBe(true)
    expect(isDone(new CommitSuiteError('pod_deleted', 'gone'), live)).toBe(true)
  })

  test.each(['NOT_FOUND', 'TIMED_OUT', 'WORKER_SHUTDOWN', 'PAUSED', 'RESET'])(
    'goes on in its pod for the next attempt when only the activity is over: %s',
    (reason) => {
      expect(isDone(new CancelledFailure(reason), abortedBy(reason))).toBe(false)
      // What the end of the activity brought with it says nothing of the run.
      expect(isDone(new CommitSuiteError('pod_failed', 'aborted'), abortedBy(reason))).toBe(false)
    },
  )

  test('goes on in its pod when the worker cannot store what it prints', () => {
    expect(isDone(new Error('the database is locked'), live)).toBe(false)
    expect(isDone(new CommitSuiteError('store_unavailable', 'busy'), live)).toBe(false)
  })
})
