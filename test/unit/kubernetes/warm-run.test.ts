import { CancelledFailure } from '@temporalio/common'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RunContext } from '../../../src/executors/executor.ts'
import type { Lane } from '../../../src/executors/kubernetes/lane.ts'
import { KEYS } from '../../../src/executors/kubernetes/names.ts'
import { WarmPools } from '../../../src/executors/kubernetes/warm/pools.ts'
import { forgetWarmRun, runInWarmPod } from '../../../src/executors/kubernetes/warm/warm-run.ts'
import { FakeCluster } from '../../support/fake-cluster.ts'
import {
  type FakeHost,
  fakeHost,
  PASSED,
  podName,
  runContext,
  runner,
  runRequest,
  SHA,
  untilAborted,
} from './fixture.ts'

let cluster: FakeCluster
let fake: FakeHost
let lane: Lane
let pools: WarmPools
/** Runs that each connection said are stored, by the run that it was for. */
let collected: [string, string[]][]
beforeEach(async () => {
  cluster = new FakeCluster()
  fake = await fakeHost(cluster)
  lane = { cluster, namespace: 'n' }
  pools = new WarmPools(fake.host)
  collected = []
})
afterEach(() => fake.remove())

const requestOf = (attempt: number) =>
  runRequest({ isolation: 'warm', key: { suite: 's', sha: SHA, attempt, generation: 0 } })
const run = (attempt: number, context: RunContext = runContext()) =>
  runInWarmPod(fake.host, pools, lane, fake.pack, requestOf(attempt), context)

function passing(state?: string): void {
  const answer = runner({
    attach: async ({ onStdout }) => await onStdout(Buffer.from(PASSED)),
    ...(state === undefined ? {} : { state }),
  })
  cluster.exec = (target, command, options) => {
    const [, , , script, , name = '', , , ...stored] = command
    if (script === 'attach.sh') collected.push([name, stored])
    return answer(target, command, options)
  }
}

/** A pod as an earlier worker left it. */
const left = (nth: number, more: { going?: true; pending?: true } = {}): void =>
  cluster.put({
    metadata: {
      name: podName(`warm-${nth}`),
      labels: { [KEYS.suite]: 's', [KEYS.commit]: SHA.slice(0, 12), [KEYS.role]: 'warm' },
      annotations: { [KEYS.run]: `warm s ${SHA} tree` },
      ...(more.going === true && { deletionTimestamp: new Date() }),
    },
    spec: { containers: [{ name: 'test' }], nodeName: 'node-1' },
    status: {
      phase: more.pending === true ? 'Pending' : 'Running',
      containerStatuses: [
        {
          ...{ name: 'test', image: 'i', imageID: '', ready: true, restartCount: 0 },
          state: more.pending === true ? { waiting: { reason: 'ContainerCreating' } } : { running: {} },
        },
      ],
    },
  })

describe('a run whose activity is over', () => {
  const abortedBy = async (reason: string): Promise<void> => {
    const given = new AbortController()
    cluster.exec = runner({
      async attach({ signal, onStdout }) {
        await onStdout(Buffer.from('started 1000\n'))
        await untilAborted(signal)
      },
    })
    const onStarted = async (): Promise<void> => given.abort(new CancelledFailure(reason))
    await expect(run(0, runContext({ signal: given.signal, onStarted }))).rejects.toThrow(reason)
  }

  test('goes on in its pod, and the next attempt finds it there', async () => {
    await abortedBy('NOT_FOUND')
    passing()
    const completion = await run(0)
    expect(completion.exitCode).toBe(0)
    await completion.dispose()
    expect([...cluster.pods.keys()]).toEqual([podName('warm-1')])
    expect(cluster.askedFor('delete')).toEqual([])
  })

  test('takes its pod with it where it was cancelled', async () => {
    await abortedBy('CANCELLED')
    expect(cluster.askedFor('delete')).toEqual([`delete pod ${podName('warm-1')}`])
  })
})

describe('pods that an earlier worker left', () => {
  test('a name that is still taken by a pod on its way out is not used, nor waited for', async () => {
    left(1, { going: true })
    passing()
    await (await run(0)).dispose()
    expect(cluster.askedFor('create')).toEqual([`create pod ${podName('warm-2')}`])
  })

  test('one that was never delivered to is gone on with, and not taken away before', async () => {
    left(3)
    passing('waiting')
    await (await run(0)).dispose()
    expect(cluster.asked).toEqual([`create pod ${podName('warm-3')}`, `read pod ${podName('warm-3')}`])
  })

  test('what is stored and was not given back is forgotten before the next run begins', async () => {
    left(1)
    passing(`ended ${podName('0')}\n${podName('0')}\n${podName('1')}`)
    await forgetWarmRun(fake.host, pools, lane, fake.pack, requestOf(0))
    await (await run(2)).dispose()
    expect(collected).toEqual([[podName('2'), [podName('0')]]])
    // Nobody said that this one is stored: asked for again, it is there.
    await (await run(1)).dispose()
    expect(collected.at(-1)).toEqual([podName('1'), [podName('2')]])
    expect(cluster.asked).toEqual([])
  })
})
