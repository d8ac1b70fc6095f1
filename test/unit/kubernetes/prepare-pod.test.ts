import { CancelledFailure } from '@temporalio/common'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { PrepareRequest } from '../../../src/executors/executor.ts'
import { packInPod } from '../../../src/executors/kubernetes/prepare/prepare-pod.ts'
import { FakeCluster } from '../../support/fake-cluster.ts'
import { template } from '../kubernetes-manifest/fixture.ts'
import { type FakeHost, fakeHost, podName, runContext, runner, SHA, untilAborted } from './fixture.ts'

let cluster: FakeCluster
let fake: FakeHost
beforeEach(async () => {
  cluster = new FakeCluster()
  fake = await fakeHost(cluster)
})
afterEach(() => fake.remove())

const request: PrepareRequest = {
  ...{ template: template(), suite: 's', sha: SHA, mirrorPath: '/m.git', setup: [{ shell: 'make' }], workdir: '.' },
  ...{ env: {}, secretEnv: [], isolation: 'pod', limits: {}, parallelism: 1, timeoutMs: 60_000 },
}

async function abortedBy(reason: string): Promise<void> {
  const given = new AbortController()
  cluster.exec = runner({
    async attach({ signal }) {
      given.abort(new CancelledFailure(reason))
      await untilAborted(signal)
    },
  })
  const lane = { cluster, namespace: 'n' }
  const context = runContext({ signal: given.signal })
  await expect(packInPod(fake.host, lane, { key: 'k', source: fake.pack }, request, context)).rejects.toThrow(reason)
}

test.each(['NOT_FOUND', 'TIMED_OUT', 'WORKER_SHUTDOWN'])(
  'a set-up whose activity alone is over goes on in its pod for the next attempt: %s',
  async (reason) => {
    await abortedBy(reason)
    expect(cluster.asked).toEqual([`create pod ${podName('prepare')}`])
  },
)

test('a set-up that was cancelled takes its pod with it', async () => {
  await abortedBy('CANCELLED')
  expect(cluster.asked).toEqual([`create pod ${podName('prepare')}`, `delete pod ${podName('prepare')}`])
})
