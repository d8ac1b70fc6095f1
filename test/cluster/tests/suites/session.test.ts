import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isOpen, parseSuiteRequest, type SessionRef } from '../../../../src/contract/index.ts'
import { KEYS } from '../../../../src/executors/kubernetes/names.ts'
import { connectSuites } from '../../../../src/temporal/connect.ts'
import { until } from '../../../support/until.ts'
import { PodBench } from '../../support/pod-bench.ts'
import { PodWitness } from '../../support/pod-witness.ts'

const DAY_MS = 24 * 3_600_000
const unique = `${process.pid.toString(36)}${Date.now().toString(36)}`
const session: SessionRef = { chat: `Chat_${unique}`, user: 'someone@example.org', key: 'ci' }
const namespace = `im-chat-${unique}-someone-example-org`

let bench: PodBench
beforeAll(async () => {
  bench = await PodBench.make()
})
afterAll(async () => {
  await bench.cluster.request(({ core }) => core.deleteNamespace({ name: namespace })).catch(() => undefined)
  await bench.dispose()
})

const read = async () => await bench.cluster.request(({ core }) => core.readNamespace({ name: namespace }))

describe("a session's requests", () => {
  it('are served one after another in its namespace, which is kept for 24 h after the last of them', async () => {
    // A gateway holds the stack; here a suite on this machine does.
    const holding = bench.id('holding')
    const local = bench.suite(holding, 'sleep 600', 1).map((word) => (word === 'kubernetes' ? 'local' : word))
    const held = bench.home.start(...local)
    const { temporalAddress, namespace: temporalNamespace } = await bench.home.readyStack()
    const suites = await connectSuites({ address: temporalAddress, namespace: temporalNamespace, store: bench.store })
    try {
      const asked = { session, executor: 'kubernetes', projectType: 'generic' } as const
      const place = await suites.sessions.ensure(asked)
      expect(place).toMatchObject({ namespace })
      const madeMs = Date.now()
      for (const [name, command, printed] of [
        ['first', 'cat number', '0\n'],
        ['second', 'echo again', 'again\n'],
      ] as const) {
        const id = bench.id(name)
        const witness = await PodWitness.start(id)
        const request = { repo: bench.repo.path, commits: ['HEAD'], command: { shell: command }, setup: null, runs: 2 }
        await suites.start({ ...parseSuiteRequest({ ...request, executor: 'kubernetes', session }), id })
        await until(
          `${name} has ended`,
          async () => {
            const stored = await bench.store.suites.get(id)
            return stored !== undefined && !isOpen(stored.status)
          },
          120_000,
        )
        witness.stop()
        expect((await bench.store.suites.get(id))?.status).toBe('completed')
        expect(await bench.stdout(id)).toBe(printed)
        const pods = [...witness.pods.values()]
        expect(pods.filter(({ role }) => role === 'run')).toHaveLength(2)
        expect(new Set(pods.map((pod) => pod.namespace))).toEqual(new Set([namespace]))
      }
      expect(await suites.sessions.find(asked)).toMatchObject({ namespace })
      const { metadata, status } = await read()
      expect(status?.phase).toBe('Active')
      expect(metadata?.annotations).toMatchObject({
        [KEYS.chat]: session.chat,
        [KEYS.user]: session.user,
        [KEYS.key]: session.key,
      })
      // Later than what making it alone would have given.
      expect(Date.parse(metadata?.annotations?.[KEYS.expiresAt] ?? '')).toBeGreaterThan(madeMs + DAY_MS)
      const pods = await bench.cluster.request(({ core }) => core.listNamespacedPod({ namespace }))
      const staying = pods.items.filter(({ metadata: pod }) => pod?.deletionTimestamp === undefined)
      expect(staying.map(({ metadata: pod }) => pod?.name)).toEqual([])
    } finally {
      await suites.cancel(holding)
      await suites.close()
      await held
    }
  })
})
