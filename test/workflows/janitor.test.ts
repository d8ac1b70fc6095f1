import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createJanitorActivities } from '../../activities/collect-environments.ts'
import { TASK_QUEUE } from '../../src/contract/names.ts'
import { openStore } from '../../src/store/open.ts'
import { workflowBundle } from '../../src/temporal/bundle.ts'
import { ensureJanitorSchedule, JANITOR, withJanitor } from '../../src/temporal/janitor-schedule.ts'
import { recordSuite } from '../support/recorded-suite.ts'
import { startTestServer, type TestServer } from '../support/temporal-server.ts'
import { until } from '../support/until.ts'

let server: TestServer
let connection: Connection
let client: Client
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') })
  server = await startTestServer()
  connection = await Connection.connect({ address: server.address })
  client = new Client({ connection })
})
afterAll(async () => {
  await connection.close()
  await server.stop()
})

it('is scheduled every hour, once however often it is asked for, and stays paused where somebody paused it', async () => {
  const schedule = client.schedule.getHandle(JANITOR)
  expect(await ensureJanitorSchedule(connection, 'default')).toBe(true)
  await schedule.pause('by hand')
  expect(await ensureJanitorSchedule(connection, 'default')).toBe(true)
  const { spec, action, policies, state } = await schedule.describe()
  expect(spec.intervals).toEqual([expect.objectContaining({ every: 3_600_000 })])
  expect(action).toMatchObject({ workflowType: 'Janitor', taskQueue: TASK_QUEUE })
  expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 60_000 })
  expect(state).toMatchObject({ paused: true, note: 'by hand' })
  await schedule.unpause()
})

it('is scheduled with the first use of a cluster, and not before', async () => {
  const schedule = client.schedule.getHandle(JANITOR)
  const isThere = () =>
    schedule.describe().then(
      () => true,
      () => false,
    )
  await schedule.delete()
  const log = pino({ level: 'silent' })
  const nowhere = () => {
    throw new Error('no executor is used here')
  }
  const executors = withJanitor({ of: nowhere }, { connection, namespace: 'default', log })
  expect(() => executors.of('local')).toThrow()
  expect(await isThere()).toBe(false)
  expect(() => executors.of('kubernetes')).toThrow()
  await until('the schedule is there', isThere)
})

it('is scheduled at once where records are removed by age', async () => {
  const schedule = client.schedule.getHandle(JANITOR)
  await schedule.delete()
  const log = pino({ level: 'silent' })
  const executors = { of: () => expect.unreachable('no executor is used here') }
  withJanitor(executors, { connection, namespace: 'default', log, always: true })
  await until('the schedule is there', () =>
    schedule.describe().then(
      () => true,
      () => false,
    ),
  )
})

it('says so where the server does not let it be scheduled', async () => {
  expect(await ensureJanitorSchedule(connection, 'no-such-namespace')).toBe(false)
})

it('looks at every cluster that it knows, whether it can be reached or not, and removes old records', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'janitor-'))
  const store = await openStore({ stateDir: folder, artifacts: join(folder, 'artifacts') })
  const native = await NativeConnection.connect({ address: server.address })
  try {
    const env = { HOME: folder, KUBECONFIG: join(folder, 'kubeconfig') }
    const log = { activities: pino({ level: 'silent' }) }
    await recordSuite(store, { id: 'old', runs: 2 })
    await recordSuite(store, { id: 'open', runs: 2, status: 'running' })
    const codePath = await workflowBundle(server.config.cacheDir)
    const worker = await Worker.create({
      connection: native,
      taskQueue: TASK_QUEUE,
      workflowBundle: { codePath },
      activities: createJanitorActivities({ store, log, env, retention: { resultsMs: 1, logsMs: undefined } }),
    })
    await worker.runUntil(async () => {
      await ensureJanitorSchedule(connection, 'default')
      await client.schedule.getHandle(JANITOR).trigger()
      const started = async () => (await client.schedule.getHandle(JANITOR).describe()).info.recentActions[0]
      await until('the schedule has started it', async () => (await started()) !== undefined)
      const { workflowId = '' } = (await started())?.action.workflow ?? {}
      expect(workflowId).toMatch(new RegExp(`^${JANITOR}`))
      expect(await client.workflow.getHandle(workflowId).result()).toEqual({
        removed: 0,
        stuck: [],
        unreached: [expect.stringContaining('kubeconfig')],
        expired: 1,
      })
      expect(await store.suites.get('old')).toBeUndefined()
      expect(await store.suites.get('open')).toBeDefined()
    })
  } finally {
    await native.close()
    await store.close()
    await rm(folder, { recursive: true, force: true })
  }
})
