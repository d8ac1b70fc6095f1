import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import {
  CommitSuiteError,
  invalidInput,
  isOpen,
  parseIsolationRequest,
  parseSearchRequest,
  parseSuiteRequest,
  type Role,
  type ScheduledSweep,
} from '../../src/contract/index.ts'
import type { EnvironmentAccess } from '../../src/executors/environment-access.ts'
import { localEnvironments } from '../../src/executors/local/environments.ts'
import { buildGateway, type Gateway } from '../../src/gateway/app.ts'
import type { GatewayDeps, GatewaySettings } from '../../src/gateway/deps.ts'
import { type ListeningGateway, listen } from '../../src/gateway/listen.ts'
import type { NetworkRules } from '../../src/requests/network-request.ts'
import { openStore } from '../../src/store/open.ts'
import { isolationDigest, requestDigest, searchDigest, sweepDigest } from '../../src/store/request-digest.ts'
import type { Store } from '../../src/store/store.ts'
import type { GatewayControl } from '../../src/temporal/connect.ts'
import { sweepNotFound } from '../../src/temporal/sweeps.ts'
import { suiteSpec } from '../unit/store/samples.ts'
import { isolationSpec } from './recorded-isolation.ts'
import { searchSpec } from './recorded-search.ts'
import { finishSuite } from './recorded-suite.ts'

const STANDING = { paused: false, note: null, nextRuns: ['2030-01-01T02:00:00.000Z'] }

/** Temporal and a worker in one: puts what is started on record as a worker would, and nothing more. */
export class FakeControl implements GatewayControl {
  readonly started: string[] = []
  readonly calls: string[] = []
  /** Thrown by the next call, whichever it is. */
  failure: Error | undefined
  /** Why suites are refused at their admission. */
  refusal: CommitSuiteError | undefined
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  readonly start: GatewayControl['start'] = async (request) => {
    this.#mayFail()
    const digest = requestDigest(parseSuiteRequest(request))
    const known = await this.#store.suites.get(request.id)
    if (known !== undefined) {
      if (known.requestDigest === digest) return { suite: known.id, joined: true, status: known.status }
      throw invalidInput('id', known.id, 'belongs to a suite with another request', undefined, 'suite_conflict')
    }
    this.started.push(request.id)
    if (this.refusal === undefined) {
      const { network, job, until, maxFlakeRate, confidence, runs = 1, command = { shell: 'true' } } = request
      const asked = {
        ...{ until, maxFlakeRate, confidence },
        ...(network === undefined ? {} : { network }),
        ...(job === undefined ? {} : { job: { ...job, open: [] } }),
      }
      const spec = suiteSpec(request.id, { repo: request.repo, runs, command, ...asked })
      await this.#store.suites.create({ spec, requestDigest: digest, seeds: [5] })
      // Whoever waits for a job is answered.
      if (job !== undefined) await finishSuite(this.#store, request.id)
    }
    return { suite: request.id, joined: false, status: 'queued' }
  }

  readonly cancel = (suite: string): Promise<void> => this.#steer('cancel', suite)
  readonly pause = (suite: string): Promise<void> => this.#steer('pause', suite)
  readonly resume = (suite: string): Promise<void> => this.#steer('resume', suite)
  readonly extend: GatewayControl['extend'] = async (suite, { expected }) => {
    this.#mayFail()
    this.calls.push(`extend ${suite}`)
    return { suite, extension: expected + 1, joined: false, status: 'running' }
  }
  readonly searches: GatewayControl['searches'] = {
    start: async (request) => {
      this.#mayFail()
      const requestDigest = searchDigest(parseSearchRequest(request))
      const known = await this.#store.searches.get(request.id)
      if (known?.requestDigest === requestDigest) return { search: known.id, joined: true, status: known.status }
      if (known !== undefined) {
        throw invalidInput('id', known.id, 'belongs to a search with another request', undefined, 'search_conflict')
      }
      this.started.push(request.id)
      if (this.refusal === undefined) {
        await this.#store.searches.create({ spec: searchSpec(request.id, parseSearchRequest(request)), requestDigest })
      }
      return { search: request.id, joined: false, status: 'queued' }
    },
    cancel: async (search) => {
      this.#mayFail()
      const stored = await this.#store.searches.get(search)
      if (stored === undefined || !isOpen(stored.status)) {
        throw invalidInput('search', search, 'has ended already', undefined, 'search_not_running')
      }
      this.calls.push(`cancel ${search}`)
    },
    failureOf: async () => this.refusal,
  }
  /** By name, as Temporal would have their schedules; nothing fires them. */
  readonly #scheduled = new Map<string, ScheduledSweep>()
  readonly sweeps: GatewayControl['sweeps'] = {
    create: async (request) => {
      this.#mayFail()
      const known = this.#scheduled.get(request.name)
      const sweep = known ?? { ...STANDING, request, instance: `w-${request.name}` }
      if (sweepDigest(sweep.request) !== sweepDigest(request)) {
        throw invalidInput('name', request.name, 'belongs to a sweep with another request', undefined, 'sweep_conflict')
      }
      this.#scheduled.set(request.name, sweep)
      return { sweep, joined: known !== undefined }
    },
    list: async () => {
      this.#mayFail()
      return [...this.#scheduled.values()]
    },
    get: async (name) => {
      this.#mayFail()
      return this.#scheduled.get(name)
    },
    update: async (name, { paused, note }) => {
      this.#mayFail()
      const sweep = this.#sweep(name)
      const changed = { ...sweep, paused: paused ?? sweep.paused, note: note ?? null }
      this.#scheduled.set(name, changed)
      return changed
    },
    trigger: async (name) => void this.calls.push(`trigger ${this.#sweep(name).request.name}`),
    backfill: async (name) => void this.calls.push(`backfill ${this.#sweep(name).request.name}`),
    delete: async (name) => void this.#scheduled.delete(this.#sweep(name).request.name),
  }
  readonly isolations: GatewayControl['isolations'] = {
    start: async (request) => {
      this.#mayFail()
      const sound = parseIsolationRequest(request)
      const requestDigest = isolationDigest(sound)
      const known = await this.#store.isolations.get(request.id)
      if (known?.requestDigest === requestDigest) return { isolation: known.id, joined: true, status: known.status }
      if (known !== undefined) {
        throw invalidInput(
          'id',
          known.id,
          'belongs to an isolation with another request',
          undefined,
          'isolation_conflict',
        )
      }
      this.started.push(request.id)
      if (this.refusal === undefined) {
        await this.#store.isolations.create({ spec: isolationSpec(request.id, sound), requestDigest })
      }
      return { isolation: request.id, joined: false, status: 'queued' }
    },
    cancel: async (isolation) => {
      this.#mayFail()
      const stored = await this.#store.isolations.get(isolation)
      if (stored === undefined || !isOpen(stored.status)) {
        throw invalidInput('isolation', isolation, 'has ended already', undefined, 'isolation_not_running')
      }
      this.calls.push(`cancel ${isolation}`)
    },
    failureOf: async () => this.refusal,
  }
  readonly failureOf: GatewayControl['failureOf'] = async () => this.refusal
  readonly check = async (): Promise<void> => this.#mayFail()
  readonly countWorkers = async (): Promise<number> => 1
  readonly sessions: GatewayControl['sessions'] = {
    ensure: async () => Promise.reject(new CommitSuiteError('internal', 'no session here')),
    find: async () => Promise.reject(new CommitSuiteError('internal', 'no session here')),
  }
  readonly close = async (): Promise<void> => undefined

  async #steer(call: string, suite: string): Promise<void> {
    this.#mayFail()
    const stored = await this.#store.suites.get(suite)
    if (stored === undefined || !isOpen(stored.status)) {
      throw invalidInput('suite', suite, 'has ended already', undefined, 'suite_not_running')
    }
    this.calls.push(`${call} ${suite}`)
  }

  #sweep(name: string): ScheduledSweep {
    this.#mayFail()
    const sweep = this.#scheduled.get(name)
    if (sweep === undefined) throw sweepNotFound(name)
    return sweep
  }

  #mayFail(): void {
    const { failure } = this
    this.failure = undefined
    if (failure !== undefined) throw failure
  }
}

export interface GatewayBenchOptions {
  settings?: Partial<GatewaySettings>
  rules?: Partial<NetworkRules>
  /** State directory to share with another gateway; its own unless given. */
  stateDir?: string
  /** A PostgreSQL database, in the place of SQLite's file. */
  databaseUrl?: string
  /** Folder of a built dashboard; without it there is none. */
  openDashboard?: () => Promise<string>
  openEnvironments?: () => Promise<EnvironmentAccess>
  decodePayloads?: GatewayDeps['decodePayloads']
}

/** A gateway on a free port of loopback, on a real store and a fake Temporal. */
export class GatewayBench {
  readonly stateDir: string
  readonly store: Store
  readonly control: FakeControl
  readonly gateway: Gateway
  readonly log: string[]
  readonly #listening: ListeningGateway
  readonly #ownsState: boolean

  private constructor(
    parts: Pick<GatewayBench, 'stateDir' | 'store' | 'control' | 'gateway' | 'log'>,
    listening: ListeningGateway,
    ownsState: boolean,
  ) {
    this.stateDir = parts.stateDir
    this.store = parts.store
    this.control = parts.control
    this.gateway = parts.gateway
    this.log = parts.log
    this.#listening = listening
    this.#ownsState = ownsState
  }

  static async start(options: GatewayBenchOptions = {}): Promise<GatewayBench> {
    const stateDir = options.stateDir ?? (await mkdtemp(join(tmpdir(), 'cs-gateway-')))
    const store = await openStore({
      stateDir,
      artifacts: join(stateDir, 'artifacts'),
      databaseUrl: options.databaseUrl,
    })
    const control = new FakeControl(store)
    const log: string[] = []
    const sink = new Writable({
      write(chunk, _encoding, done) {
        log.push(String(chunk))
        done()
      },
    })
    const gateway = await buildGateway({
      store,
      control,
      rules: { allowedRepos: ['https://*', 'ssh://*', 'git@*'], allowedSecrets: [], ...options.rules },
      openEnvironments: options.openEnvironments ?? (() => Promise.reject(noCluster())),
      localEnvironments: localEnvironments(stateDir, async (suite) => (await store.suites.get(suite))?.spec.repo),
      decodePayloads: options.decodePayloads ?? (async (payloads) => payloads),
      openDashboard: options.openDashboard ?? (() => Promise.reject(new Error('no dashboard here'))),
      settings: {
        ...{ loopback: true, origins: [], faceExecutor: 'local', admissionMs: 2_000, heartbeatMs: 15_000 },
        prices: { cpuHour: 0.5, memoryGibHour: 0.25, diskGibHour: 0, currency: 'EUR' },
        temporal: { temporalUi: 'http://127.0.0.1:8233', namespace: 'default' },
        ...options.settings,
      },
      log: pino({}, sink),
    })
    const listening = await listen(gateway, { host: '127.0.0.1', port: 0 })
    return new GatewayBench({ stateDir, store, control, gateway, log }, listening, options.stateDir === undefined)
  }

  get url(): string {
    return this.#listening.url
  }

  get webSocketUrl(): string {
    return this.url.replace('http', 'ws')
  }

  async key(
    name: string,
    role: Role,
    limits: { requestsPerMinute?: number; openSuites?: number } = {},
  ): Promise<string> {
    const { secret } = await this.store.keys.create({
      name,
      role,
      requestsPerMinute: 100_000,
      openSuites: 1_000,
      ...limits,
    })
    return secret
  }

  /** A call with JSON both ways; `key` goes where clients of today put it. */
  async call(method: string, path: string, { body, key, headers = {} }: CallOptions = {}): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(method === 'POST' || method === 'PATCH' ? { 'content-type': 'application/json' } : {}),
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) }
  }

  async stop(): Promise<void> {
    await this.#listening.close()
    await this.store.close()
    if (this.#ownsState) await rm(this.stateDir, { recursive: true, force: true })
  }
}

export interface CallOptions {
  body?: unknown
  key?: string | undefined
  headers?: Record<string, string>
}

export interface Answer {
  status: number
  headers: Headers
  text: string
  /** Of an answer that a test looks into. */
  json(): unknown
}

const noCluster = (): CommitSuiteError => new CommitSuiteError('cluster_invalid', 'There is no cluster here.')
