import type { V1ContainerStatus, V1Pod, V1PodCondition } from '@kubernetes/client-node'
import { describe, expect, test } from 'vitest'
import { podState } from '../../../src/executors/kubernetes/pods/pod-state.ts'

interface Shape {
  state?: V1ContainerStatus['state']
  init?: V1ContainerStatus['state']
  phase?: string
  reason?: string
  message?: string
  conditions?: V1PodCondition[]
  deleted?: boolean
}

const statusOf = (name: string, state: V1ContainerStatus['state']): V1ContainerStatus => ({
  name,
  image: 'i',
  imageID: '',
  ready: false,
  restartCount: 0,
  ...(state && { state }),
})

function pod({ state, init, phase, reason, message, conditions, deleted }: Shape): V1Pod {
  return {
    metadata: { name: 'p', ...(deleted === true && { deletionTimestamp: new Date() }) },
    status: {
      ...(phase !== undefined && { phase }),
      ...(reason !== undefined && { reason }),
      ...(message !== undefined && { message }),
      ...(conditions && { conditions }),
      ...(state && { containerStatuses: [statusOf('sidecar', { running: {} }), statusOf('test', state)] }),
      ...(init && { initContainerStatuses: [statusOf('init', init)] }),
    },
  }
}

const seen = (shape: Shape | undefined) => podState(shape === undefined ? undefined : pod(shape), 'test')
const disrupted = (reason: string): Shape => ({
  deleted: true,
  state: { running: {} },
  conditions: [{ type: 'DisruptionTarget', status: 'True', reason, message: 'why' }],
})

describe('what the run itself did is its result', () => {
  test('an OOM kill', () => {
    const state = { terminated: { exitCode: 137, reason: 'OOMKilled' } }
    expect(seen({ state })).toMatchObject({ type: 'ended', cause: 'out_of_memory' })
  })

  test.each([
    'Pod ephemeral local storage usage exceeds the total limit of containers 64Mi. ',
    'Usage of EmptyDir volume "commit-suite" exceeds the limit "64Mi". ',
    'Container test exceeded its local ephemeral storage limit "64Mi". ',
  ])('an eviction for its own disk: %s', (message) => {
    expect(seen({ reason: 'Evicted', message, deleted: true })).toMatchObject({ type: 'ended', cause: 'out_of_disk' })
  })

  test('the end of the runner, once the pod has ended too: an eviction is told a moment after it', () => {
    const state = { terminated: { exitCode: 3, reason: 'Error' } }
    expect(seen({ state, phase: 'Running' })).toMatchObject({ type: 'waiting', reason: 'the pod is ending' })
    expect(seen({ state, phase: 'Failed' })).toEqual({
      type: 'ended',
      cause: 'exit',
      message: 'Error with exit code 3',
    })
  })

  test('the backstop', () => {
    expect(seen({ reason: 'DeadlineExceeded', message: 'too long' })).toMatchObject({
      type: 'ended',
      cause: 'deadline',
    })
  })
})

describe('what the cluster did is a fault', () => {
  test.each([
    [undefined, 'pod_deleted'],
    [{ deleted: true, state: { running: {} } }, 'pod_deleted'],
    [disrupted('PreemptionByScheduler'), 'pod_preempted'],
    [disrupted('DeletionByTaintManager'), 'node_lost'],
    [disrupted('EvictionByEvictionAPI'), 'pod_evicted'],
    [disrupted('SomethingOfTomorrow'), 'pod_evicted'],
    [
      { reason: 'Evicted', message: 'The node was low on resource: ephemeral-storage. Threshold quantity: 1' },
      'pod_evicted',
    ],
    [{ reason: 'NodeLost' }, 'node_lost'],
    [{ reason: 'OutOfcpu', message: 'Node did not have enough resource: cpu' }, 'unschedulable'],
    [{ state: { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown' } } }, 'node_lost'],
    [{ state: { terminated: { exitCode: 128, reason: 'StartError', message: 'no such file' } } }, 'pod_failed'],
    [{ init: { terminated: { exitCode: 1 } }, state: { waiting: { reason: 'PodInitializing' } } }, 'pod_failed'],
  ] satisfies [Shape | undefined, string][])('%j is %s', (shape, code) => {
    expect(seen(shape)).toMatchObject({ type: 'lost', code })
  })
})

describe('what has not begun waits, and says why', () => {
  test('no room', () => {
    const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes' }]
    expect(seen({ conditions })).toEqual({ type: 'waiting', code: 'unschedulable', reason: '0/1 nodes', final: false })
  })

  test.each([
    ['ImagePullBackOff', 'image_unavailable', false],
    ['ErrImagePull', 'image_unavailable', false],
    ['InvalidImageName', 'image_unavailable', true],
    ['ErrImageNeverPull', 'image_unavailable', true],
    ['CreateContainerConfigError', 'pod_failed', true],
    ['CreateContainerError', 'pod_failed', false],
  ])('%s', (reason, code, final) => {
    const state = { waiting: { reason, message: 'more' } }
    expect(seen({ state })).toEqual({ type: 'waiting', code, reason: `${reason}: more`, final })
  })

  test('an image that only an init container lacks', () => {
    const init = { waiting: { reason: 'ErrImagePull' } }
    expect(seen({ init, state: { waiting: { reason: 'PodInitializing' } } })).toMatchObject({
      code: 'image_unavailable',
    })
  })

  test('nothing said yet', () => {
    expect(seen({})).toMatchObject({ type: 'waiting', reason: 'the pod is starting' })
    expect(seen({ state: { waiting: { reason: 'ContainerCreating' } } })).toMatchObject({
      type: 'waiting',
      final: false,
    })
  })

  test('a sidecar that runs is not the test', () => {
    expect(seen({ state: { running: {} } })).toEqual({ type: 'running' })
  })
})
