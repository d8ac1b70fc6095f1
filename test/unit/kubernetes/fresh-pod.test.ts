import { CancelledFailure } from '@temporalio/common'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Lane } from '../../../src/executors/kubernetes/lane.ts'
import { runInFreshPod } from '../../../src/executors/kubernetes/run/fresh-pod.ts'
import { FakeCluster } from '../../support/fake-cluster.ts'
import { type FakeHost, fakeHost, PASSED, podName, runContext, runner, runRequest, untilAborted } from './fixture.ts'

let cluster: FakeCluster
let fake: FakeHost
let lane: Lane
beforeEach(async () => {
  cluster = new FakeCluster()
  fake = await fakeHost(cluster)
  lane = { cluster, namespace: 'n' }
})
afterEach(() => fake.remove())

const POD = podName('0')
const run = (context = runContext()) => runInFreshPod(fake.host, lane, fake.pack, runRequest(), context)

describe('a run that goes on while its activity is over', () => {
  const abortedBy = async (reason: string): Promise<void> => {
    const given = new AbortController()
    cluster.exec = runner({
      async attach({ signal, onStdout }) {
        await onStdout(Buffer.from('started 1000\n'))
        await untilAborted(signal)
      },
    })
    const onStarted = async (): Promise<void> => given.abort(new CancelledFailure(reason))
    await expect(run(runContext({ signal: given.signal, onStarted }))).rejects.toThrow(reason)
  }

  test.each(['NOT_FOUND', 'TIMED_OUT', 'WORKER_SHUTDOWN', 'PAUSED', 'RESET'])(
    'keeps its pod for the next attempt: %s',
    async (reason) => {
      await abortedBy(reason)
      expect(cluster.askedFor('delete')).toEqual([])
      cluster.exec = runner({ attach: async ({ onStdout }) => await onStdout(Buffer.from(PASSED)) })
      const completion = await run()
      expect(completion).toMatchObject({ exitCode: 0, node: 'node-1' })
      await completion.dispose()
      expect(cluster.askedFor('delete')).toEqual([`delete pod ${POD}`])
      expect([...cluster.pods.keys()]).toEqual([POD])
    },
  )

  test('loses its pod when it was cancelled', async () => {
    await abortedBy('CANCELLED')
    expect(cluster.askedFor('delete')).toEqual([`delete pod ${POD}`])
  })
})

describe('what is known of a run that was lost', () => {
  const lostBy = async (loss: () => void, more = '') => {
    const bundles: string[] = []
    cluster.exec = runner({
      async attach({ signal, onStdout }) {
        await onStdout(Buffer.from(`started 1000\nout 0 11\nlast words\n${more}`))
        loss()
        await untilAborted(signal)
      },
    })
    const onForensics = async (bundle: Uint8Array): Promise<void> => void bundles.push(Buffer.from(bundle).toString())
    await expect(run(runContext({ onForensics }))).rejects.toMatchObject({ code: 'pod_deleted' })
    return bundles.map((bundle) => JSON.parse(bundle))
  }

  test('is its pod, node, events and last output, even where it was removed by force', async () => {
    cluster.events = [
      {
        metadata: {},
        involvedObject: { kind: 'Pod', name: POD },
        ...{ type: 'Normal', reason: 'Started', message: 'Started container test', count: 1 },
        source: { component: 'kubelet' },
        lastTimestamp: new Date('2026-01-01T00:00:00Z'),
      },
    ]
    const [bundle, ...more] = await lostBy(() => cluster.vanish(POD))
    expect(more).toEqual([])
    expect(bundle).toMatchObject({
      cluster: 'fake',
      namespace: 'n',
      fault: { code: 'pod_deleted', message: 'The pod was deleted.' },
      node: 'node-1',
      pod: {
        metadata: { name: POD, labels: { 'commit-suite/try': '0.0.1' } },
        spec: { nodeName: 'node-1' },
        status: { phase: 'Running' },
      },
      events: [
        {
          ...{ at: '2026-01-01T00:00:00.000Z', type: 'Normal', reason: 'Started', message: 'Started container test' },
          ...{ count: 1, from: 'kubelet' },
        },
      ],
      lastOutput: { stdout: 'last words\n', stderr: '' },
    })
    expect(bundle.pod.metadata).not.toHaveProperty('managedFields')
  })

  test('is the last that it printed, and not the end of what was passed on', async () => {
    const [bundle] = await lostBy(() => cluster.vanish(POD), 'recent-out 5\nlate\nrecent-err 4\noh!\n')
    expect(bundle.lastOutput).toEqual({ stdout: 'late\n', stderr: 'oh!\n' })
  })

  test('is its pod as it was seen last, where that goes on its way out', async () => {
    const [bundle] = await lostBy(() => {
      const pod = cluster.pods.get(POD)
      cluster.put({ ...pod, metadata: { ...pod?.metadata, deletionTimestamp: new Date() } })
      cluster.vanish(POD)
    })
    expect(bundle).toMatchObject({ node: 'node-1', pod: { metadata: { deletionTimestamp: expect.any(String) } } })
  })
})
