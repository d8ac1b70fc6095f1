import { afterEach, beforeEach, expect, test } from 'vitest'
import { runCommandLine } from '../../../src/cli/program.ts'
import type { Services } from '../../../src/cli/services.ts'
import type { ClusterRef } from '../../../src/contract/index.ts'
import type { EnvironmentState } from '../../../src/executors/environment-access.ts'
import { endSuite, realStore, recordSuite, SHA, testCli } from './fixture.ts'

let real: Awaited<ReturnType<typeof realStore>>
beforeEach(async () => {
  real = await realStore()
})
afterEach(() => real.close())

/** The clock of the command line stands at 1,000 s. */
const LANE: EnvironmentState = {
  namespace: 'cs-s-one-0123456789ab',
  owner: { kind: 'lane', suite: 's-one', sha: SHA, repo: '/repositories/example' },
  createdAt: new Date(940_000),
  expiresAt: undefined,
  phase: 'Active',
  pods: 3,
  suites: ['s-one'],
  heldBy: [],
  holding: { cpuMillis: 500, memoryBytes: 1024 ** 3, diskBytes: 0 },
  spent: { cpuHours: 1, memoryGibHours: 2, diskGibHours: 0 },
}
const SESSION: EnvironmentState = {
  ...LANE,
  namespace: 'im-14-7',
  owner: { kind: 'session', session: { chat: '14', user: '7', key: 'k' } },
  expiresAt: new Date(1_060_000),
  phase: 'Terminating',
  pods: 0,
  suites: [],
  heldBy: ['finalizer example.com/hold of the namespace'],
}

/** A cluster that holds these, and takes note of what is asked of it. */
function clusterOf(...found: EnvironmentState[]) {
  const asked: (ClusterRef | undefined)[] = []
  const removed: string[] = []
  let closed = 0
  const openEnvironments: Services['openEnvironments'] = async (ref) => {
    asked.push(ref)
    return {
      place: 'test',
      list: async () => found,
      remove: async ({ namespace }) => void removed.push(namespace),
      close: async () => void closed++,
    }
  }
  return { openEnvironments, asked, removed, closed: () => closed }
}

test('environments list says whose each is, and what holds one that does not go', async () => {
  const cluster = clusterOf(LANE, SESSION)
  const { context } = testCli({ ...real.services, ...cluster })
  expect(await runCommandLine(context, ['environments', 'list'])).toBe(0)
  const [, lane, session] = context.stdout.text().split('\n')
  expect(lane?.split(/ {2,}/)).toEqual([
    'cs-s-one-0123456789ab',
    'suite s-one at 0123456789ab',
    'active',
    '3',
    '1 m 00 s',
  ])
  expect(session?.split(/ {2,}/)).toEqual([
    ...['im-14-7', 'session of chat 14, user 7', 'terminating', '0', '1 m 00 s', 'in 1 m 00 s'],
  ])
  expect(context.stderr.text()).toBe('im-14-7 does not go: finalizer example.com/hold of the namespace\n')
  expect(cluster.asked).toEqual([undefined])
  expect(cluster.closed()).toBe(1)
})

test('environments list --json prints one document', async () => {
  const cluster = clusterOf(LANE, SESSION)
  const { context } = testCli({ ...real.services, ...cluster })
  await runCommandLine(context, ['environments', 'list', '--json', '--context', 'c', '--kubeconfig', 'a:/b'])
  const document: unknown = JSON.parse(context.stdout.text())
  expect(document).toMatchObject([
    {
      ...{ namespace: LANE.namespace, kind: 'lane', suite: 's-one', sha: SHA, expiresAt: null, pods: 3 },
      ...{ holding: { cpuMillis: 500 }, spent: { cpuHours: 1 }, cost: null },
    },
    { namespace: 'im-14-7', kind: 'session', chat: '14', user: '7', expiresAt: '1970-01-01T00:17:40.000Z' },
  ])
  expect(cluster.asked).toEqual([{ context: 'c', kubeconfig: `${process.cwd()}/a:/b` }])
})

test('environments list says so where there are none', async () => {
  const { context } = testCli({ ...real.services, ...clusterOf() })
  expect(await runCommandLine(context, ['environments', 'list'])).toBe(0)
  expect(context.stdout.text()).toBe('')
  expect(context.stderr.text()).toBe('no environment in test\n')
})

test('environments remove takes all that are named, or none', async () => {
  const cluster = clusterOf(LANE, SESSION)
  const wrong = testCli({ ...real.services, ...cluster }).context
  expect(await runCommandLine(wrong, ['environments', 'remove', 'im-14-7', 'kube-system'])).toBe(2)
  expect(wrong.stderr.text()).toContain('"kube-system"')
  expect(cluster.removed).toEqual([])
  const { context } = testCli({ ...real.services, ...cluster })
  expect(await runCommandLine(context, ['environments', 'remove', 'im-14-7', LANE.namespace, 'im-14-7'])).toBe(0)
  expect(cluster.removed).toEqual(['im-14-7', LANE.namespace])
  expect(context.stdout.text()).toBe(`im-14-7\n${LANE.namespace}\n`)
})

test('environments remove leaves what an open suite uses', async () => {
  const cluster = clusterOf(LANE, { ...SESSION, suites: ['s-one'] })
  await recordSuite(real.store, ['passed'])
  for (const name of [LANE.namespace, 'im-14-7']) {
    const { context } = testCli({ ...real.services, ...cluster })
    expect(await runCommandLine(context, ['environments', 'remove', name])).toBe(3)
    expect(context.stderr.text()).toContain('commit-suite cancel s-one')
  }
  await endSuite(real.store, 's-one', 'completed')
  const { context } = testCli({ ...real.services, ...cluster })
  expect(await runCommandLine(context, ['environments', 'remove', LANE.namespace])).toBe(0)
  expect(cluster.removed).toEqual([LANE.namespace])
})

test('environments --local are those of this machine, not of a cluster', async () => {
  const cluster = clusterOf(LANE)
  const { context } = testCli({
    ...real.services,
    openEnvironments: () => Promise.reject(new Error('no cluster was asked for')),
    localEnvironments: async () => await cluster.openEnvironments(undefined),
  })
  expect(await runCommandLine(context, ['environments', 'list', '--local'])).toBe(0)
  expect(context.stdout.text()).toContain(LANE.namespace)
  expect(await runCommandLine(context, ['environments', 'remove', '--local', LANE.namespace])).toBe(0)
  expect(cluster.removed).toEqual([LANE.namespace])
})

test('gc tells what it removed in clusters, what does not go, and what it could not look at', async () => {
  const asked: unknown[] = []
  const collectEnvironments: Services['collectEnvironments'] = async (_, options) => {
    asked.push(options)
    const removed = [{ namespace: 'im-14-7', reason: 'expired' as const }]
    const stuck = [{ namespace: 'cs-old-0123456789ab', heldBy: ['finalizer a', 'finalizer b'] }]
    return { collected: [{ cluster: 'test', removed, stuck }], unreached: ['The cluster of context x is away.'] }
  }
  const services = { ...real.services, collectGarbage: async () => [], collectEnvironments }
  const { context } = testCli(services)
  expect(await runCommandLine(context, ['gc', '--context', 'test'])).toBe(0)
  expect(asked).toEqual([{ olderThanMs: 86_400_000, dryRun: false, cluster: { context: 'test' } }])
  expect(context.stdout.text()).toBe('test/im-14-7 (expired)\n1 item removed, 0 MiB\n')
  expect(context.stderr.text()).toBe(
    'test/cs-old-0123456789ab does not go: finalizer a; finalizer b\nnot looked at: The cluster of context x is away.\n',
  )
  const json = testCli(services).context
  await runCommandLine(json, ['gc', '--json'])
  expect(JSON.parse(json.stdout.text())).toMatchObject({
    removed: [],
    environments: [{ cluster: 'test', namespace: 'im-14-7', reason: 'expired' }],
    stuck: [{ cluster: 'test', namespace: 'cs-old-0123456789ab' }],
  })
})
