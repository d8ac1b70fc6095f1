import { describe, expect, it } from 'vitest'
import { outcomeOf } from '../../../src/gateway/faces/backend-im/outcome.ts'
import { begun, finished, resolved, retried, runFinished, runStarted, step, told } from './events.ts'

const test = { executor: 'local', namespace: 'im-14-7' } as const
const outcome = (...events: Parameters<typeof told>) => outcomeOf({ ...test, events: told(...events) })
const onCluster = (...events: Parameters<typeof told>) =>
  outcomeOf({ ...test, executor: 'kubernetes', events: told(...events) })

describe('what came of a test', () => {
  it.each([
    [runFinished('passed'), 'passed', undefined],
    [runFinished('failed', { exitCode: 1 }), 'failed', undefined],
    [runFinished('timed_out', { durationMs: 300_000 }), 'failed', 'The tests were ended after 300 s.'],
    [runFinished('crashed', { reason: 'out_of_memory' }), 'failed', 'The tests crashed: out_of_memory.'],
    [runFinished('failed', { reason: 'command_not_found' }), 'error', 'The test command was not found.'],
    [runFinished('cancelled'), 'error', 'The test was cancelled.'],
    [runFinished('error', { reason: 'run_lost' }), 'error', 'The tests could not be run: run_lost.'],
  ])('%j', (event, status, message) => {
    expect(outcome(resolved, begun, runStarted(), event, finished())).toEqual({ status, message, clusterFaults: [] })
  })

  it('is an error with the first cause that is known', () => {
    const said = 'setup: pip install exited with 1\nno such package'
    expect(outcome(resolved, begun, step('failed', said), finished())).toMatchObject({ status: 'error', message: said })
    const message = 'the host is gone'
    expect(
      outcome(begun, runStarted(), retried('run_lost', message), runFinished('error', { reason: 'tries_used_up' })),
    ).toMatchObject({ status: 'error', message })
    expect(outcome(finished('failed', { failure: 'fetch_failed: no answer' }))).toMatchObject({
      message: 'fetch_failed: no answer',
    })
    expect(outcome(finished('cancelled'))).toMatchObject({ status: 'error', message: 'The test was cancelled.' })
    const failure = { code: 'ref_not_found', message: 'commits: "HEAD~9" – does not exist.' }
    expect(outcomeOf({ ...test, events: [], failure })).toMatchObject({ status: 'error', message: failure.message })
  })

  it('tells faults of the cluster, and the command that shows more of them', () => {
    const image = retried('image_unavailable', 'The image does-not-exist cannot be pulled.')
    expect(onCluster(begun, runStarted(), image, runFinished('error', { reason: 'tries_used_up' }))).toEqual({
      status: 'error',
      message: 'The image does-not-exist cannot be pulled.',
      clusterFaults: [
        {
          command: 'kubectl get events --namespace im-14-7',
          error: 'The image does-not-exist cannot be pulled.',
        },
      ],
    })
    const refused = step('failed', 'provision: The quota does not allow it.')
    expect(onCluster(begun, refused, runFinished('error', { reason: 'environment_refused' })).clusterFaults).toEqual([
      { command: 'kubectl describe namespace im-14-7', error: 'provision: The quota does not allow it.' },
    ])
    expect(onCluster(begun, runFinished('error', { reason: 'cluster_unavailable' })).clusterFaults).toHaveLength(1)
    expect(onCluster(begun, retried('run_lost', 'gone'), runFinished('passed')).clusterFaults).toEqual([])
  })
})
