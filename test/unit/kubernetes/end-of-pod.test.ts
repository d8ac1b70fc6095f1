import type { CoreV1Event, V1Pod } from '@kubernetes/client-node'
import { expect, test } from 'vitest'
import type { Cluster, ClusterApis, PodWatch } from '../../../src/executors/kubernetes/cluster/cluster.ts'
import { endOfPod } from '../../../src/executors/kubernetes/run/end-of-pod.ts'

const OWN_DISK = 'Usage of EmptyDir volume "commit-suite" exceeds the limit "64Mi". '
const NODE_DISK = 'The node was low on resource: ephemeral-storage.'

const exitedWith = (exitCode: number): V1Pod => ({
  metadata: { name: 'p', uid: 'this-pod' },
  status: {
    phase: exitCode === 0 ? 'Succeeded' : 'Failed',
    containerStatuses: [
      {
        ...{ name: 'test', image: 'i', imageID: '', ready: false, restartCount: 0 },
        state: { terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' } },
      },
    ],
  },
})
const exited = exitedWith(0)
const evicted = (message: string): V1Pod => ({ ...exited, status: { phase: 'Failed', reason: 'Evicted', message } })

const event = (uid: string, reason: string, message: string): CoreV1Event => ({
  metadata: {},
  involvedObject: { kind: 'Pod', name: 'p', uid },
  reason,
  message,
})

/** A pod that goes through these states, one as soon as somebody waits for it after the one before was looked at. */
function watchOf(...states: V1Pod[]): PodWatch {
  let at = 0
  return {
    until: (_name, pick, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true })
        for (; at < states.length; at += 1) {
          const picked = pick(states[at])
          if (picked !== undefined) return resolve(picked)
        }
      }),
    list: () => Promise.reject(new Error('not asked for')),
    close: () => undefined,
  }
}

/** The events of the pod, by how often they were asked for. */
function clusterOf(...answers: CoreV1Event[][]): Cluster {
  let asked = 0
  const core = {
    listNamespacedEvent: async () => ({ items: answers[Math.min(asked++, answers.length - 1)] ?? [] }),
  } as unknown as ClusterApis['core']
  return {
    name: 'c',
    requests: 0,
    request: (call) => call({ core } as ClusterApis),
    watchPods: () => watchOf(),
    exec: () => Promise.reject(new Error('not asked for')),
    close: async () => undefined,
  }
}

const endOf = (watch: PodWatch, cluster: Cluster) =>
  endOfPod(watch, {
    place: { cluster, namespace: 'n', name: 'p' },
    container: 'test',
    signal: new AbortController().signal,
  })

test.concurrent('a pod that ended in peace was evicted for its own use of disk, as the event says', async () => {
  const cluster = clusterOf([], [event('this-pod', 'Evicted', OWN_DISK)])
  expect(await endOf(watchOf(exited), cluster)).toMatchObject({ type: 'pod ended', cause: 'out_of_disk' })
})

test.concurrent('or was evicted by a node that was short of disk', async () => {
  const cluster = clusterOf([event('this-pod', 'Evicted', NODE_DISK)])
  expect(await endOf(watchOf(exited), cluster)).toMatchObject({ type: 'lost', error: { code: 'pod_evicted' } })
})

test.concurrent('or says so itself, a moment later', async () => {
  const ended = endOf(watchOf(exited, evicted(OWN_DISK)), clusterOf([]))
  expect(await ended).toMatchObject({ type: 'pod ended', cause: 'out_of_disk' })
})

test.concurrent('the eviction of an earlier pod of the same name is not its own', async () => {
  const cluster = clusterOf([event('another-pod', 'Evicted', OWN_DISK), event('another-pod', 'Killing', 'Stopping')])
  expect(await endOf(watchOf(exited), cluster)).toMatchObject({ type: 'pod ended', cause: 'exit' })
})

test.concurrent.each([143, 130])(
  'a first process that was told to end (%d), by nobody outside, was told by the run',
  async (code) => {
    expect(await endOf(watchOf(exitedWith(code)), clusterOf([]))).toMatchObject({
      type: 'pod ended',
      cause: 'told_to_end',
    })
  },
)

test.concurrent.each([0, 143])(
  'a kubelet that stopped the container (%d) was it, even where it does not say why',
  async (code) => {
    const cluster = clusterOf([event('this-pod', 'Killing', 'Stopping container test')])
    expect(await endOf(watchOf(exitedWith(code)), cluster)).toMatchObject({
      type: 'lost',
      error: { code: 'pod_failed', message: 'The kubelet ended the pod: Stopping container test' },
    })
  },
)

test.concurrent('a pod that was told to end because it was evicted was evicted', async () => {
  const ended = endOf(watchOf(exitedWith(143), evicted(OWN_DISK)), clusterOf([]))
  expect(await ended).toMatchObject({ type: 'pod ended', cause: 'out_of_disk' })
})
