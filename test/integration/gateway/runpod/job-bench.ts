import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify, { type FastifyInstance } from 'fastify'
import { onTestFinished } from 'vitest'
import { CommitSuiteError, type RunResult, type SettledJob, type SuiteRequest } from '../../../../src/contract/index.ts'
import type { JobCaller, RunpodDeps } from '../../../../src/gateway/faces/runpod/deps.ts'
import { runpodFace } from '../../../../src/gateway/faces/runpod/face.ts'
import { parseJsonBodies } from '../../../../src/gateway/http/json-body.ts'
import { openStore } from '../../../../src/store/open.ts'
import type { Store } from '../../../../src/store/store.ts'
import { runResult, SHA, suiteCommit, suiteSpec } from '../../../unit/store/samples.ts'

export const REPO = 'https://example.org/repo.git'
const SETTLED: SettledJob = { framework: 'python', saveFullOutput: false, warnings: [] }

/** A face on a real store; what Temporal and a worker would do the test does by hand. */
export class JobBench {
  readonly store: Store
  readonly started: (SuiteRequest & { id: string })[] = []
  readonly cancelled: string[] = []
  /** Why workflows were refused, by suite. */
  readonly refusals = new Map<string, CommitSuiteError>()
  /** What a worker does with a suite that was started; by default it puts it on record. */
  admit: (request: SuiteRequest & { id: string }) => Promise<void> = (request) => this.record(request)
  readonly #options: Partial<RunpodDeps>

  private constructor(store: Store, options: Partial<RunpodDeps>) {
    this.store = store
    this.#options = options
  }

  static async open(options: Partial<RunpodDeps> = {}): Promise<JobBench> {
    const stateDir = await mkdtemp(join(tmpdir(), 'commit-suite-jobs-'))
    const store = await openStore({ stateDir, artifacts: join(stateDir, 'artifacts') })
    onTestFinished(async () => {
      await store.close()
      await rm(stateDir, { recursive: true, force: true })
    })
    return new JobBench(store, options)
  }

  /** Another gateway on the same store; a key is `name` or `name:role`. */
  gateway(options: Partial<RunpodDeps> = {}): FastifyInstance {
    const app = Fastify()
    parseJsonBodies(app)
    const deps: RunpodDeps = {
      store: this.store,
      cursors: this.store.streamCursors,
      control: {
        cancel: async (id) => void this.cancelled.push(id),
        failureOf: async (id) => this.refusals.get(id),
      },
      callerOf: ({ headers }) => callerOf(headers.authorization),
      startSuite: async (_, suite) => {
        this.started.push(suite)
        await this.admit(suite)
      },
      executor: 'local',
      countWorkers: async () => 2,
      signal: new AbortController().signal,
      admissionMs: 50,
      waitMs: 10_000,
      ...this.#options,
      ...options,
    }
    app.register(runpodFace(deps), { prefix: '/v2' })
    onTestFinished(() => app.close())
    return app
  }

  async record(request: SuiteRequest & { id: string }): Promise<void> {
    const { id, runs = 10, job, network } = request
    if (job === undefined) throw new Error('not a job')
    await this.store.suites.create({
      spec: suiteSpec(id, { repo: request.repo, runs, parallelism: 4, job: { ...job, open: [] }, network }),
      requestDigest: id,
      seeds: Array.from({ length: runs }, (_, index) => index + 100),
    })
  }

  /** As `resolveCommits` leaves it. */
  async begin(id: string, settled: Partial<SettledJob> = {}): Promise<void> {
    const suite = await this.store.suites.get(id)
    const job = suite?.spec.job
    if (suite === undefined || job === undefined) throw new Error(`${id} is not on record`)
    await this.store.suites.settle(id, { ...suite.spec, job: { ...job, settled: { ...SETTLED, ...settled } } })
    await this.store.suites.putCommits(id, [suiteCommit(0, SHA)])
    await this.store.suites.setStatus(id, 'running', null)
  }

  async finishRun(
    id: string,
    attempt: number,
    result: Partial<RunResult> = {},
    stdout = '',
    stderr = '',
  ): Promise<void> {
    const key = { suite: id, sha: SHA, attempt, generation: result.generation ?? 0 }
    const artifacts = []
    for (const [name, text] of Object.entries({ '1.stdout': stdout, '1.stderr': stderr })) {
      if (text !== '') artifacts.push(await this.store.artifacts.putBytes(key, name, Buffer.from(text)))
    }
    const all = [...artifacts, ...(result.artifacts ?? [])]
    await this.store.results.record(runResult({ ...key, seed: attempt + 100, ...result, artifacts: all }))
  }

  async finish(id: string, status: 'completed' | 'failed' | 'cancelled', failure?: string): Promise<void> {
    const data = { status, ...(failure === undefined ? {} : { failure }) }
    await this.store.suites.setStatus(
      id,
      status,
      { suite: id, type: 'suite.finished', subject: id, ordinal: 0, data },
      failure,
    )
  }
}

function callerOf(authorization: string | undefined): JobCaller {
  if (authorization === undefined) throw new CommitSuiteError('unauthorized', 'No API key was sent.')
  const [name = '', role] = authorization.replace(/^Bearer /, '').split(':')
  return { key: name === 'none' ? null : name, role: role === 'admin' || name === 'none' ? 'admin' : 'run' }
}

/** A client of the face, with the headers that the SDK sends. */
export const clientOf = (app: FastifyInstance, key = 'ci') => {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const call = async (method: 'GET' | 'POST', path: string, body?: unknown) => {
    const payload = body === undefined ? {} : { payload: JSON.stringify(body) }
    const response = await app.inject({ method, url: `/v2/${path}`, headers, ...payload })
    return { status: response.statusCode, body: response.json(), bytes: response.rawPayload.byteLength }
  }
  return {
    get: (path: string) => call('GET', path),
    post: (path: string, body?: unknown) => call('POST', path, body),
    /** The id of a job that was accepted. */
    async run(input: object = {}, endpoint = 'flaky'): Promise<string> {
      const { status, body } = await call('POST', `${endpoint}/run`, { input: { repo: REPO, ...input } })
      if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`)
      return body.id
    },
  }
}
