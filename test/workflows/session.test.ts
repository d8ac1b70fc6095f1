import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSessionActivities } from '../../activities/session.ts'
import { suiteWorkflowId, TASK_QUEUE } from '../../src/contract/index.ts'
import { createLocalExecutor, type LocalExecutor } from '../../src/executors/local/executor.ts'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { failureInterceptor } from '../../src/temporal/activity-failures.ts'
import { workflowBundle } from '../../src/temporal/bundle.ts'
import { connectSuites } from '../../src/temporal/connect.ts'
import { startTestServer, type TestServer } from '../support/temporal-server.ts'

type Control = Awaited<ReturnType<typeof connectSuites>>

let stateDir: string
let server: TestServer
let connection: Connection
let store: Store
let control: Control
let executor: LocalExecutor
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') })
  stateDir = await mkdtemp(join(tmpdir(), 'cs-session-'))
  server = await startTestServer()
  connection = await Connection.connect({ address: server.address })
  store = await openStore({ stateDir, artifacts: join(stateDir, 'artifacts') })
  control = await connectSuites({ address: server.address, namespace: 'default', store })
  executor = createLocalExecutor({ stateDir, runnerIdleMs: 1_000 })
})
afterAll(async () => {
  await executor.close()
  await control.close()
  await store.close()
  await connection.close()
  await server.stop()
  await rm(stateDir, { recursive: true, force: true })
})

async function withWorker(test: () => Promise<void>): Promise<void> {
  const native = await NativeConnection.connect({ address: server.address })
  try {
    const worker = await Worker.create({
      connection: native,
      taskQueue: TASK_QUEUE,
      workflowBundle: { codePath: await workflowBundle(server.config.cacheDir) },
      activities: createSessionActivities({ executors: { of: () => executor }, templatesDir: undefined }),
      interceptors: { activity: [failureInterceptor] },
    })
    await worker.runUntil(test)
  } finally {
    await native.close()
  }
}

describe('the place of a session', () => {
  const session = { chat: '14', user: '7', key: 'ci' }
  const asked = { session, executor: 'local', projectType: 'FastAPI' } as const

  it('is absent, then created once, then there for whoever asks', async () => {
    await withWorker(async () => {
      const command = { shell: 'pytest tests/' }
      const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
      const said = { projectType: 'fastapi', command, at }
      const { sessions } = control
      expect(await sessions.find(asked)).toEqual({ namespace: null, status: 'absent', ...said })
      expect(await sessions.ensure(asked)).toEqual({ namespace: 'im-14-7', status: 'created', ...said })
      expect(await sessions.ensure(asked)).toEqual({ namespace: 'im-14-7', status: 'exists', ...said })
      expect(await sessions.find(asked)).toEqual({ namespace: 'im-14-7', status: 'exists', ...said })
      expect(await sessions.find({ ...asked, session: { ...session, key: 'other' } })).toMatchObject({
        status: 'absent',
      })
    })
  })

  it('is not made for a project type that does not exist, nor for bad input', async () => {
    await withWorker(async () => {
      const { sessions } = control
      await expect(sessions.ensure({ ...asked, projectType: 'cobol' })).rejects.toMatchObject({
        code: 'template_not_found',
        detail: { field: 'projectType', value: 'cobol' },
      })
      await expect(sessions.ensure({ ...asked, session: { chat: '', user: '7' } })).rejects.toMatchObject({
        code: 'invalid_input',
        detail: { field: 'session.chat' },
      })
    })
  })
})

describe('a suite that is to be started alone', () => {
  it('gets an id that no request had before, not even one that ended without a record', async () => {
    const request = { id: 'im-14-000001', repo: '/repo' }
    const { workflow } = new Client({ connection })
    await control.start(request, { alone: true })
    await expect(control.start(request, { alone: true })).rejects.toMatchObject({ code: 'suite_conflict' })
    await workflow.getHandle(suiteWorkflowId(request.id)).terminate()
    await expect(control.start(request, { alone: true })).rejects.toMatchObject({ code: 'suite_conflict' })
    // Without that, the corrected request may have the id.
    expect(await control.start(request)).toMatchObject({ joined: false })
    await workflow.getHandle(suiteWorkflowId(request.id)).terminate()
  })
})
