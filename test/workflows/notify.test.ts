import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { completeSuite } from '../../activities/end-suite.ts'
import type { NotifyInput } from '../../activities/notify/api.ts'
import { createNotifyActivities } from '../../activities/notify/index.ts'
import { notifyWorkflowId, TASK_QUEUE } from '../../src/contract/names.ts'
import { failureInterceptor } from '../../src/temporal/activity-failures.ts'
import { workflowBundle } from '../../src/temporal/bundle.ts'
import { startNotification } from '../../src/temporal/start-notification.ts'
import { temporalLogger } from '../../src/temporal/temporal-logger.ts'
import { type AnsweringServer, answeringServer } from '../support/answering-server.ts'
import { startTestServer, type TestServer } from '../support/temporal-server.ts'
import { realStore, recordSuite } from '../unit/cli/fixture.ts'

// The end of a suite is told by a workflow of its own: real server, real worker, real HTTP.

let server: TestServer
let hook: AnsweringServer
let real: Awaited<ReturnType<typeof realStore>>
let client: Client
let stop: () => Promise<void>

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') })
  ;[server, hook, real] = await Promise.all([startTestServer(), answeringServer(() => ({ status: 201 })), realStore()])
  const notifyFile = join(real.folder, 'notify.yml')
  const webhook = `type: webhook, url: '${hook.url}/hook', secretEnv: KEY`
  await writeFile(notifyFile, `targets:\n  hook: { ${webhook} }\n  only-failing: { ${webhook}, on: [failing] }\n`)
  const [connection, native, codePath] = await Promise.all([
    Connection.connect({ address: server.address }),
    NativeConnection.connect({ address: server.address }),
    workflowBundle(server.config.cacheDir),
  ])
  client = new Client({ connection })
  const secrets = { valueOf: (_: string, name: string) => (name === 'KEY' ? 's3cret' : undefined) }
  const worker = await Worker.create({
    ...{ connection: native, taskQueue: TASK_QUEUE, workflowBundle: { codePath } },
    ...{ interceptors: { activity: [failureInterceptor] }, shutdownForceTime: 5000 },
    activities: createNotifyActivities({ store: real.store, secrets, notifyFile }),
  })
  const running = worker.run()
  stop = async () => {
    worker.shutdown()
    await running
    await Promise.all([connection.close(), native.close()])
  }
})
afterAll(async () => {
  await stop()
  await Promise.all([server.stop(), hook.close(), real.close()])
})
beforeEach(() => {
  hook.asked.length = 0
  hook.first.length = 0
})

type Start = (input: NotifyInput) => Promise<void>
const started: Start = (input) => startNotification(client, input)

function endingDeps(startNotification: Start) {
  const log = pino({ level: 'silent' })
  return { store: real.store, log: { activities: log, temporal: temporalLogger(log) }, startNotification }
}

/** As the activity that ends a suite does, told `times` to do it. */
async function end(id: string, target: string, times = 1) {
  await recordSuite(real.store, ['passed', 'failed'], { id, notify: [target] })
  for (let call = 0; call < times; call++) await completeSuite(endingDeps(started), { suite: id, status: 'completed' })
  await client.workflow.getHandle(notifyWorkflowId(id, target, 0)).result()
  return await real.store.notifications.list(id)
}

test('a server that is away is asked again when it wants to be, under the same id', async () => {
  hook.first.push({ status: 503, headers: { 'retry-after': '1' } })
  expect(await end('s-later', 'hook')).toMatchObject([{ target: 'hook', status: 'sent', detail: 'answered 201' }])
  expect(hook.asked.map(({ headers }) => headers['webhook-id'])).toEqual(Array(2).fill('notify/s-later/hook/0'))
})

test('a suite that ends twice, for the worker was killed meanwhile, is told once', async () => {
  expect(await end('s-twice', 'hook', 2)).toMatchObject([{ status: 'sent' }])
  expect(hook.asked).toHaveLength(1)
})

test('an ending that was cut short before anyone was told is told when it is repeated', async () => {
  await recordSuite(real.store, ['failed'], { id: 's-cut', notify: ['hook'] })
  const away = endingDeps(async () => {
    throw new Error('Temporal is away')
  })
  await expect(completeSuite(away, { suite: 's-cut', status: 'completed' })).rejects.toThrow('Temporal is away')
  expect(await real.store.notifications.list('s-cut')).toMatchObject([{ status: 'pending' }])
  await completeSuite(endingDeps(started), { suite: 's-cut', status: 'completed' })
  await client.workflow.getHandle(notifyWorkflowId('s-cut', 'hook', 0)).result()
  expect(await real.store.notifications.list('s-cut')).toMatchObject([{ status: 'sent' }])
})

test('a refusal is final and on record, without the secret that the other side repeats', async () => {
  hook.first.push({ status: 404, body: 'no hook for s3cret' })
  expect(await end('s-refused', 'hook')).toMatchObject([
    { status: 'failed', detail: 'the webhook answered 404: no hook for ***' },
  ])
  expect(hook.asked).toHaveLength(1)
})

test('who does not want to be told of such an end is not', async () => {
  expect(await end('s-quiet', 'only-failing')).toMatchObject([{ status: 'skipped' }])
  expect(hook.asked).toEqual([])
})

test('a target that is configured no more is on record as such', async () => {
  expect(await end('s-gone', 'gone')).toMatchObject([
    { status: 'failed', detail: expect.stringContaining('notify: "gone"') },
  ])
})
