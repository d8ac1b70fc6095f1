import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Client, Connection, WorkflowFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type SuiteRequest, suiteWorkflowId, TASK_QUEUE } from '../../src/contract/index.ts'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { temporalLogger } from '../../src/temporal/temporal-logger.ts'
import { runWorker } from '../../src/temporal/worker.ts'
import { fakePods } from '../support/fake-pods.ts'
import { plainRepository, type TestRepository } from '../support/repository.ts'
import { startTestServer, type TestServer } from '../support/temporal-server.ts'

/** What a gateway starts, a worker holds to its own rules; only the cluster and the resolver are fakes. */
let server: TestServer
let repository: TestRepository
let store: Store
let connection: Connection
let client: Client
let worker: Promise<void>
const stop = new AbortController()
const pods = fakePods({})
const resolve = vi.fn(async () => [{ address: '10.0.0.1', family: 4 as const }])

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
      executors: { of: () => pods.executor },
      secrets: { valueOf: () => undefined },
      stateDir,
      transports: config.gitTransports,
      network: {
        allowedRepos: [`file://${repository.path}`, 'https://*'],
        allowedAddresses: [],
        allowedSecrets: [],
        resolve,
      },
      templatesDir: undefined,
      notifyFile: undefined,
      host: { id: 'network-test', node: 'the-host', slots: 1, pods: 2 },
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

/** Runs the suite to its end; what it failed with, if it did. */
async function run(id: string, request: Partial<SuiteRequest>): Promise<string | undefined> {
  const asked = {
    ...{ repo: repository.path, command: { shell: 'true' }, setup: null, executor: 'kubernetes' },
    ...{ runs: 1, seed: 7, network: { key: 'ci' }, ...request },
  }
  const options = { workflowId: suiteWorkflowId(id), taskQueue: TASK_QUEUE, args: [asked] }
  try {
    await client.workflow.execute('CommitSuite', options)
    return undefined
  } catch (error) {
    if (error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure) {
      return error.cause.type ?? ''
    }
    throw error
  }
}

it('a suite from the network is run where everything it asks for is allowed', async () => {
  expect(await run('allowed', { repo: `file://${repository.path}` })).toBeUndefined()
  expect(await store.suites.get('allowed')).toMatchObject({ status: 'completed' })
  expect(resolve).not.toHaveBeenCalled()
})

it.each<[string, Partial<SuiteRequest>, string]>([
  ['ref', { commits: ['no-such-branch'] }, 'ref_not_found'],
  ['address', { repo: 'https://internal.test/r' }, 'address_not_allowed'],
])(
  'a suite from the network that ends for its %s after it was accepted can be asked why',
  async (id, request, code) => {
    expect(await run(id, request)).toBe(code)
    const failure = expect.stringMatching(new RegExp(`^${code}: `))
    expect(await store.suites.get(id)).toMatchObject({ status: 'failed', failure })
    expect(await store.events.read(id, 0, 10)).toMatchObject([
      { seq: 1, type: 'suite.finished', data: { status: 'failed', failure } },
    ])
  },
)

it.each<[string, Partial<SuiteRequest>, string]>([
  ['folder', { repo: '/etc' }, 'repo_not_allowed'],
  ['secret', { secretEnv: ['AWS_SECRET'] }, 'secret_not_allowed'],
  ['template', { projectType: 'no-such-type' }, 'template_not_found'],
  ['process', { executor: 'local', isolation: 'process' }, 'isolation_not_allowed'],
])(
  'a request from the network is refused by the worker before it is accepted, for its %s',
  async (id, request, code) => {
    expect(await run(id, request)).toBe(code)
    expect(await store.suites.get(id)).toBeUndefined()
  },
)
