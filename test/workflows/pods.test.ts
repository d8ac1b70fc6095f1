import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { activityInfo } from '@temporalio/activity'
import { Client, Connection } from '@temporalio/client'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  CommitSuiteError,
  podTaskQueue,
  type RunKey,
  runWorkflowId,
  type SuiteEvent,
  type SuiteEventType,
  type SuiteRequest,
  suiteWorkflowId,
  TASK_QUEUE,
} from '../../src/contract/index.ts'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { temporalLogger } from '../../src/temporal/temporal-logger.ts'
import { runWorker } from '../../src/temporal/worker.ts'
import { fakePods, lost, type PodAnswers } from '../support/fake-pods.ts'
import { plainRepository, type TestRepository } from '../support/repository.ts'
import { startTestServer, type TestServer } from '../support/temporal-server.ts'
import { until } from '../support/until.ts'

/** A suite in pods goes through the same workflows, activities and store as any other; only the cluster is a fake. */
const SECRET = 'the-value-of-the-token'
const PODS = 4

let server: TestServer
let repository: TestRepository
let store: Store
let connection: Connection
let client: Client
let worker: Promise<void>
const stop = new AbortController()
let pods = fakePods({})

beforeAll(async () => {
  ;[server, repository] = await Promise.all([startTestServer(), plainRepository()])
  const { address, config } = server
  const { stateDir, cacheDir } = config
  store = await openStore({ stateDir, artifacts: join(stateDir, 'artifacts') })
  const log = pino({ level: 'silent' })
  const ready = Promise.withResolvers<void>()
  worker = runWorker({
    ...{ address, namespace: 'default', cacheDir, embedded: true, fleet: config.fleet },
    ...{ signal: stop.signal, onReady: () => ready.resolve() },
    deps: {
      store,
      executors: {
        of(name) {
          if (name === 'kubernetes') return pods.executor
          throw new Error('no suite here is local')
        },
      },
      secrets: { valueOf: () => SECRET },
      stateDir,
      transports: config.gitTransports,
      network: config,
      templatesDir: undefined,
      notifyFile: undefined,
      host: { id: 'pods-test', node: 'the-host', slots: 1, pods: PODS },
      log: { activities: log, temporal: temporalLogger(log) },
    },
  })
  await Promise.race([ready.promise, worker])
  connection = await Connection.connect({ address })
  client = new Client({ connection })
})
afterAll(async () => {
  stop.abort()
  await worker
  await connection.close()
  await store.close()
  await server.stop()
  await repository.remove()
  await rm(server.config.stateDir, { recursive: true, force: true })
})

async function run(id: string, answers: PodAnswers, request: Partial<SuiteRequest> = {}) {
  pods = fakePods(answers)
  const asked = {
    ...{ repo: repository.path, command: { shell: 'true' }, setup: null, executor: 'kubernetes' },
    ...{ runs: 1, secretEnv: ['TOKEN'], seed: 7, ...request },
  }
  await client.workflow.execute('CommitSuite', {
    workflowId: suiteWorkflowId(id),
    taskQueue: TASK_QUEUE,
    args: [asked],
  })
}

async function eventsOf<T extends SuiteEventType>(suite: string, type: T) {
  const isOfType = (event: SuiteEvent): event is Extract<SuiteEvent, { type: T }> => event.type === type
  return (await store.events.read(suite, 0, 10_000)).filter(isOfType)
}

const keyOf = (suite: string, attempt = 0): RunKey => ({ suite, sha: repository.shas[0] ?? '', attempt, generation: 0 })

it('runs of a suite in pods wait for each other in no slot of the host, up to the default parallelism', async () => {
  const all = Promise.withResolvers<void>()
  await run(
    'many',
    {
      async run({ key }, context) {
        if (key.attempt === PODS - 1) all.resolve()
        await all.promise
        await context.onStarted(new Date(), `node-${key.attempt}`)
        return { node: `node-${key.attempt}` }
      },
    },
    { runs: PODS, cluster: { context: 'staging' }, isolation: 'warm' },
  )
  expect((await store.suites.get('many'))?.spec).toMatchObject({ parallelism: PODS, isolation: 'warm' })
  const [provision] = pods.asked.provisions
  const place = { suite: 'many', cluster: { context: 'staging' } }
  expect(provision).toMatchObject({ ...place, repo: repository.path, parallelism: PODS, template: { name: 'generic' } })
  expect(pods.asked.preparations).toMatchObject([{ ...place, isolation: 'warm', template: { name: 'generic' } }])
  expect(pods.asked.runs[0]).toMatchObject({ cluster: { context: 'staging' }, template: { name: 'generic' } })
  expect(pods.asked.releases).toMatchObject([{ ...place, keep: false }])
  expect((await eventsOf('many', 'environment.step'))[0]?.data).toMatchObject({
    step: 'provision',
    message: 'namespace cs-many in test',
  })
  const nodes = (await eventsOf('many', 'run.started')).map(({ data: { attempt, node } }) => node === `node-${attempt}`)
  expect(nodes).toEqual(Array(PODS).fill(true))
})

it('what a run waits for is on record once per change, what is known of a lost one is kept without secrets', async () => {
  await run('lossy', {
    async run(request, context) {
      if (request.try > 1) return {}
      for (const reason of ['no room', 'no room', 'pulling', 'no room']) await context.onWaiting?.(reason)
      await context.onForensics?.(Buffer.from(JSON.stringify({ output: `printed ${SECRET}` })))
      throw lost('pod_deleted', `pod with ${SECRET} was deleted ${'x'.repeat(1000)}`)
    },
  })
  expect((await eventsOf('lossy', 'run.waiting')).map(({ data }) => data.reason)).toEqual([
    'no room',
    'pulling',
    'no room',
  ])
  const retried = (await eventsOf('lossy', 'run.retried'))[0]?.data
  expect(retried).toMatchObject({ fault: 'pod_deleted', try: 1, forensics: 'forensics/try-1.json' })
  expect(retried?.message).toMatch(/^pod with \*+ was deleted x+$/)
  expect(retried?.message).toHaveLength(500)
  const kept = await store.artifacts.get(keyOf('lossy'), 'forensics/try-1.json')
  expect(Buffer.from(kept ?? []).toString()).toMatch(/^\{"output":"printed \*+"\}$/)
  const result = await store.results.get(keyOf('lossy'))
  expect(result).toMatchObject({ outcome: 'passed', tries: 2, node: 'node-7' })
  expect(result?.artifacts).toEqual([{ name: 'forensics/try-1.json', sizeBytes: kept?.byteLength }])
})

it('more runs than the worker looks after at once wait in its queue, whatever their suites', async () => {
  const runs = 2 * PODS
  let [now, most] = [0, 0]
  const letGo = Promise.withResolvers<void>()
  const answers: PodAnswers = {
    async run() {
      most = Math.max(most, ++now)
      await letGo.promise
      now -= 1
      return {}
    },
  }
  const both = ['cap-a', 'cap-b'].map((id) => run(id, answers, { runs, parallelism: runs }))
  const keys = ['cap-a', 'cap-b'].flatMap((id) => Array.from({ length: runs }, (_, attempt) => keyOf(id, attempt)))
  const asked = async (key: RunKey): Promise<boolean> => {
    const { raw } = await client.workflow
      .getHandle(runWorkflowId(key))
      .describe()
      .catch(() => ({ raw: undefined }))
    return (raw?.pendingActivities ?? []).length > 0
  }
  await until(
    'every run has asked for a place',
    async () => (await Promise.all(keys.map(asked))).every(Boolean),
    60_000,
  )
  await until('all places are taken', () => now === PODS)
  letGo.resolve()
  await Promise.all(both)
  expect(most).toBe(PODS)
})

it('what a run has left is given back by the next attempt where the result was stored and its worker died', async () => {
  await run('stored', { run: async () => ({ dispose: () => Promise.reject(new Error('the worker died here')) }) })
  expect(await store.results.get(keyOf('stored'))).toMatchObject({ outcome: 'passed', tries: 1 })
  expect(pods.asked.runs).toHaveLength(1)
  expect(pods.asked.forgotten).toEqual(pods.asked.runs)
})

it('a run that was stored by an attempt given up for lost is not lost when its pod goes', async () => {
  await run('twice', {
    async run({ key, try: nth }) {
      await store.results.record({
        ...{ ...key, seed: 7, outcome: 'failed', reason: null, exitCode: 1, signal: null, startedAt: null },
        ...{ durationMs: 5, tries: nth, node: 'node-7', artifacts: [] },
      })
      throw lost('pod_deleted', 'the pod was deleted')
    },
  })
  expect(pods.asked.runs).toHaveLength(1)
  expect(await store.results.get(keyOf('twice'))).toMatchObject({ outcome: 'failed', tries: 1 })
  expect(await eventsOf('twice', 'run.retried')).toEqual([])
})

it('what a stored run has left may stay until its lane ends: the result counts', async () => {
  await run('stays', {
    run: async () => ({ dispose: () => Promise.reject(new Error('the worker died here')) }),
    forget: () => Promise.reject(new Error('the cluster is away')),
  })
  expect(await store.results.get(keyOf('stays'))).toMatchObject({ outcome: 'passed', tries: 1 })
})

it('a run that is lost again and again is an error, with what is known of every try', async () => {
  const scheduledAtMs: number[] = []
  await run('lost', {
    async run(_, context) {
      scheduledAtMs.push(activityInfo().currentAttemptScheduledTimestampMs)
      await context.onForensics?.(Buffer.from('{}'))
      throw lost('cluster_unavailable', 'the API server was away')
    },
  })
  const result = await store.results.get(keyOf('lost'))
  expect(result).toMatchObject({ outcome: 'error', reason: 'tries_used_up', tries: 5 })
  expect(result?.artifacts.map(({ name }) => name)).toEqual([1, 2, 3, 4, 5].map((n) => `forensics/try-${n}.json`))
  expect(await eventsOf('lost', 'run.retried')).toHaveLength(5)
  // Each try comes later after the one before than that did: at least so long, in ms; a busy machine takes longer.
  const waitsMs = scheduledAtMs.slice(1).map((at, n) => at - (scheduledAtMs[n] ?? 0))
  expect(waitsMs).toHaveLength(4)
  for (const [n, leastMs] of [500, 1000, 2000, 4000].entries()) expect(waitsMs[n]).toBeGreaterThan(leastMs - 10)
})

it('a run that is lost is tried again with back-off, up to a bound', async () => {
  await run('policy', {})
  const { events } = await client.workflow.getHandle(runWorkflowId(keyOf('policy'))).fetchHistory()
  const [{ retryPolicy } = {}] = events?.flatMap((event) => event.activityTaskScheduledEventAttributes ?? []) ?? []
  expect(retryPolicy).toMatchObject({ backoffCoefficient: 2, initialInterval: { nanos: 500_000_000 } })
  expect(Number(retryPolicy?.maximumInterval?.seconds)).toBe(30)
})

it('a run may wait for a day until it begins, without its activity being given up', async () => {
  await run('patient', {})
  const workflowId = runWorkflowId(keyOf('patient'))
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory()
  const scheduled = events?.flatMap((event) => event.activityTaskScheduledEventAttributes ?? [])
  expect(scheduled).toHaveLength(1)
  expect(Number(scheduled?.[0]?.startToCloseTimeout?.seconds)).toBeGreaterThan(24 * 3600)
  expect(scheduled?.[0]?.taskQueue?.name).toBe(podTaskQueue('pods-test'))
})

it('the reports of a run are those of its suite, else those of its project type', async () => {
  const ofMaven = '**/target/{surefire,failsafe}-reports/*.xml'
  await run('typed', {}, { projectType: 'maven' })
  expect(pods.asked.runs[0]?.reports).toContain(ofMaven)
  await run('own-reports', {}, { projectType: 'maven', reports: 'out/*.xml' })
  expect(pods.asked.runs[0]?.reports).toContain('out/*.xml')
  expect(pods.asked.runs[0]?.reports).not.toContain(ofMaven)
})

it('a run that used more disk than it may crashed, by a reason of its own', async () => {
  await run('full', { run: async () => ({ exitCode: null, signal: 'SIGKILL', outOfDisk: true }) })
  expect(await store.results.get(keyOf('full'))).toMatchObject({ outcome: 'crashed', reason: 'disk_limit' })
})

it('a cluster that does not answer refuses a suite at once, instead of leaving it to wait', async () => {
  const away = new CommitSuiteError('cluster_unavailable', 'the API server does not answer')
  const refused = run('away', { assertSupported: () => Promise.reject(away) })
  await expect(refused).rejects.toMatchObject({ cause: { type: 'cluster_unavailable', message: away.message } })
  expect(pods.asked.provisions).toEqual([])
})

it('an environment that is refused for good makes its commit inconclusive, and the record says why', async () => {
  const conflict = new CommitSuiteError('environment_conflict', 'the namespace belongs to somebody else')
  await run('taken', { provision: () => Promise.reject(conflict) })
  expect(await eventsOf('taken', 'environment.step')).toMatchObject([
    { data: { step: 'failed', message: 'provision: the namespace belongs to somebody else' } },
  ])
  expect(await eventsOf('taken', 'commit.verdict')).toMatchObject([{ data: { verdict: 'inconclusive' } }])
})
