import { expect, test } from 'vitest'
import type { Cluster, PodWatch } from '../../../src/executors/kubernetes/cluster/cluster.ts'
import { follow } from '../../../src/executors/kubernetes/run/follow.ts'

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

const watch: PodWatch = {
  until: (_pod, _pick, signal) => untilAborted(signal),
  list: (signal) => untilAborted(signal),
  close: () => undefined,
}

/** Connections live and say nothing. */
const cluster: Cluster = {
  name: 'c',
  requests: 0,
  request: () => Promise.reject(new Error('not asked for')),
  watchPods: () => watch,
  exec: async (_target, _command, { signal }) => {
    const ended = untilAborted(signal)
    ended.catch(() => undefined)
    return { write: async () => undefined, ended }
  },
  close: async () => undefined,
}

test('a runner that never ends its run is lost, however alive the connection is', async () => {
  const never = new AbortController().signal
  const nothing = async (): Promise<void> => undefined
  const followed = await follow(
    watch,
    {
      ...{ place: { cluster, namespace: 'n', name: 'p' }, container: 'test', signal: never },
      ...{ name: 'r', request: new Uint8Array(), collected: [], withinMs: 20 },
    },
    { onStarted: nothing, onOutput: nothing, selectFiles: () => [], onArchive: nothing },
  )
  expect(followed).toMatchObject({ type: 'lost', error: { code: 'pod_failed' } })
})
