import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { buildGateway, type Gateway } from '../../src/gateway/app.ts'
import { type ListeningGateway, listen } from '../../src/gateway/listen.ts'
import { serveMetrics } from '../../src/gateway/serve-metrics.ts'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import type { TelemetryListener } from '../../src/telemetry/listener.ts'
import { tracedStarts } from '../../src/telemetry/traced-starts.ts'
import { startWorkerTelemetry, type WorkerTelemetry } from '../../src/telemetry/worker-telemetry.ts'
import { connectSuites, type GatewayControl } from '../../src/temporal/connect.ts'
import { temporalLogger } from '../../src/temporal/temporal-logger.ts'
import { runWorker } from '../../src/temporal/worker.ts'
import { fakePods, lost } from '../support/fake-pods.ts'
import { type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver.ts'
import { plainRepository, type TestRepository } from '../support/repository.ts'
import { startTestServer, type TestServer } from '../support/temporal-server.ts'
import { until } from '../support/until.ts'

// One suite through a real gateway, Temporal and worker, seen from outside; only the cluster is a fake, to lose a pod.

const SECRET_COMMAND = 'grep -q sesame /dev/null; true'
let server: TestServer
let repository: TestRepository
let receiver: OtlpReceiver
let store: Store
let control: GatewayControl
let gateway: Gateway
let listening: ListeningGateway
let gatewayMetrics: TelemetryListener
let telemetry: WorkerTelemetry
let worker: Promise<void>
let stopTraces: (() => Promise<void>) | undefined
let workerUrl = ''
const lines: Record<string, unknown>[] = []
const stop = new AbortController()
const pods = fakePods({
  async run({ try: nth, key }, context) {
    await context.onStarted(new Date(), 'node-7')
    if (key.attempt === 1 && nth === 1) throw lost('pod_deleted', 'The pod was deleted.')
    return key.attempt === 2 ? { exitCode: 1 } : {}
  },
})

const log = () =>
  pino(
    { level: 'debug' },
    new Writable({
      write(chunk, _encoding, done) {
        lines.push(JSON.parse(String(chunk)))
        done()
      },
    }),
  )

beforeAll(async () => {
  ;[server, repository, receiver] = await Promise.all([startTestServer(), plainRepository(), startOtlpReceiver()])
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', receiver.url)
  const { address, config } = server
  const { stateDir, cacheDir } = config
  store = await openStore({ stateDir, artifacts: join(stateDir, 'artifacts') })
  const { metrics } = readConfig({ ...process.env, COMMIT_SUITE_METRICS: '0' })
  const workerLog = log()
  telemetry = await startWorkerTelemetry({ metrics, stateDir }, { keys: store.keys, log: workerLog })
  workerUrl = String(lines.find(({ msg }) => msg === 'metrics')?.url)
  expect((await fetch(`${workerUrl}/readyz`)).status).toBe(503)
  const network = { allowedRepos: [`file://${repository.path}`], allowedAddresses: [], allowedSecrets: [] }
  const ready = Promise.withResolvers<void>()
  const onReady = (): void => {
    telemetry.polling()
    ready.resolve()
  }
  worker = runWorker({
    ...{ address, namespace: 'default', cacheDir, embedded: true, signal: stop.signal, telemetry, onReady },
    fleet: config.fleet,
    deps: {
      store: telemetry.store(store),
      executors: telemetry.executors({ of: () => pods.executor }),
      secrets: { valueOf: () => undefined },
      stateDir,
      transports: config.gitTransports,
      network,
      templatesDir: undefined,
      notifyFile: undefined,
      host: { id: 'observed', node: 'the-host', slots: 1, pods: 2 },
      log: { activities: workerLog, temporal: temporalLogger(workerLog) },
    },
  })
  await Promise.race([ready.promise, worker])
  const traces = await tracedStarts(workerLog)
  stopTraces = traces?.stop
  control = await connectSuites({ address, namespace: 'default', store, interceptors: traces?.interceptors ?? [] })
  const settings = {
    ...{ loopback: true, origins: [], faceExecutor: 'local' as const, admissionMs: 10_000, heartbeatMs: 15_000 },
    ...{ prices: undefined, temporal: { temporalUi: null, namespace: 'default' } },
  }
  const none = () => Promise.reject(new Error('not here'))
  gateway = await buildGateway({
    ...{ store, control, rules: network, settings, openEnvironments: none, openDashboard: none, log: log() },
    decodePayloads: none,
    localEnvironments: { list: none, remove: none } as never,
  })
  listening = await listen(gateway, { host: '127.0.0.1', port: 0 })
  gatewayMetrics = await serveMetrics(gateway, { store, control }, { host: '127.0.0.1', port: 0 })
  await runSuite()
})

afterAll(async () => {
  stop.abort()
  await worker
  await listening.close()
  await gatewayMetrics.close()
  await stopTraces?.()
  await telemetry.close()
  await control.close()
  await store.close()
  await receiver.close()
  await server.stop()
  await repository.remove()
})

/** Three runs of one commit: one passes, one loses its pod before that, one fails. A subscriber sees them live. */
async function runSuite(): Promise<void> {
  const body = {
    ...{ id: 'seen', repo: `file://${repository.path}`, command: { shell: SECRET_COMMAND }, setup: null },
    ...{ executor: 'kubernetes', runs: 3, seed: 7 },
  }
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${listening.url}/v1/suites`, { method: 'POST', headers, body: JSON.stringify(body) })
  expect(await answer.json()).toMatchObject({ suite: 'seen' })
  const events = await (await fetch(`${listening.url}/v1/suites/seen/events`)).text()
  expect(events).toContain('"suite.finished"')
}

/** Samples of a scrape by name and labels. */
async function scrape(url: string): Promise<Map<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]))
}

describe('metrics', () => {
  it('of a worker count each run, retry, preparation and end once', async () => {
    const samples = await scrape(workerUrl)
    const of = (name: string): number | undefined => samples.get(name)
    expect(of('commit_suite_suites_started_total')).toBe(1)
    expect(of('commit_suite_suites_ended_total{status="completed"}')).toBe(1)
    expect(of('commit_suite_runs_total{outcome="passed"}')).toBe(2)
    expect(of('commit_suite_runs_total{outcome="failed"}')).toBe(1)
    expect(of('commit_suite_run_retries_total{fault="pod_deleted"}')).toBe(1)
    // The one error: that a lane gives its host back ends an activity too.
    const faults = [...samples].filter(([name]) => name.startsWith('commit_suite_activity_faults_total'))
    expect(faults).toEqual([['commit_suite_activity_faults_total{activity="runSeed",code="pod_deleted"}', 1]])
    expect(of('commit_suite_run_command_seconds_count')).toBe(3)
    // Four attempts of three runs were queued; three of them made a result.
    expect(of('commit_suite_run_queue_wait_seconds_count')).toBe(4)
    expect(of('commit_suite_run_overhead_seconds_count')).toBe(3)
    expect(of('commit_suite_preparation_seconds_count{executor="kubernetes",result="prepared"}')).toBe(1)
    expect(of('commit_suite_dependency_up{dependency="store"}')).toBe(1)
    expect(of('commit_suite_dependency_up{dependency="temporal"}')).toBe(1)
    expect((await fetch(`${workerUrl}/readyz`)).status).toBe(200)
    expect((await fetch(`${workerUrl}/healthz`)).status).toBe(200)
  })

  it('of a gateway count events and how late they are, on a port of their own', async () => {
    const samples = await scrape(gatewayMetrics.url)
    const sent = (await store.events.lastSeq('seen')) ?? 0
    expect(samples.get('commit_suite_events_sent_total{kind="sse"}')).toBe(sent)
    expect(samples.get('commit_suite_event_lag_seconds_count{kind="sse"}')).toBeGreaterThan(0)
    expect(samples.get('commit_suite_gateway_suites_started_total')).toBe(1)
    expect(await (await fetch(`${listening.url}/metrics`)).text()).toContain('commit_suite_event_lag_seconds_count')
    expect((await fetch(`${gatewayMetrics.url}/readyz`)).status).toBe(200)
  })

  it('have no label that names a suite, commit or repository', async () => {
    for (const url of [workerUrl, gatewayMetrics.url]) {
      const text = await (await fetch(`${url}/metrics`)).text()
      expect(text).not.toMatch(/[{,](suite|sha|commit|repo|run|seed)="/)
      expect(text).not.toContain(repository.path)
    }
  })

  it('of the SDK are in the same scrape', async () => {
    await until('the core has told', async () =>
      [...(await scrape(workerUrl)).keys()].some((key) => key.startsWith('temporal_worker_task_slots_available{')),
    )
  })

  it('are all there that the dashboard and the alerts ask for', async () => {
    const known = new Set<string>()
    for (const url of [workerUrl, gatewayMetrics.url]) {
      const text = await (await fetch(`${url}/metrics`)).text()
      for (const [, name = '', type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
        known.add(name)
        if (type === 'histogram') for (const part of ['bucket', 'count', 'sum']) known.add(`${name}_${part}`)
      }
    }
    const folder = join(import.meta.dirname, '..', '..', 'k8s', 'monitoring')
    for (const file of ['dashboard.json', 'alerts.yaml']) {
      const text = await readFile(join(folder, file), 'utf8')
      const asked = new Set(text.match(/\b(?:commit_suite|temporal|process|nodejs)_[a-z0-9_]+\b/g))
      expect(asked.size, file).toBeGreaterThan(5)
      for (const name of asked) expect(known, `${name} in ${file}`).toContain(name)
    }
  })
})

describe('traces', () => {
  it('lead from the request through Temporal to the run', async () => {
    const named = (name: string) => receiver.spans.filter((span) => span.name === name)
    await until('the runs have been told', async () => named('executor run').length >= 4)
    await until('the request has been told', async () => named('POST /v1/suites').length === 1)
    const [root] = named('POST /v1/suites')
    const byId = new Map(receiver.spans.map((span) => [span.spanId, span]))
    for (const run of named('executor run')) {
      const path: string[] = []
      for (let span = byId.get(run.spanId); span !== undefined; span = byId.get(span.parentSpanId ?? '')) {
        path.unshift(span.name)
        expect(span.traceId).toBe(root?.traceId)
      }
      expect(path).toEqual(['POST /v1/suites', 'start CommitSuite', 'runSeed', 'executor run'])
    }
    const outcomes = named('runSeed').map(({ attributes }) => attributes['commit_suite.outcome'])
    expect(outcomes.filter((outcome) => outcome !== undefined).sort()).toEqual(['failed', 'passed', 'passed'])
    const errors = receiver.spans.filter(({ attributes }) => attributes['error.type'] !== undefined)
    expect(new Set(errors.map(({ name }) => name))).toEqual(new Set(['runSeed', 'executor run']))
    const failed = named('executor run').filter(({ attributes }) => attributes['error.type'] === 'pod_deleted')
    expect(failed).toMatchObject([{ attributes: { 'commit_suite.attempt': 1, 'commit_suite.try': 1 } }])
  })

  it('hold no command and no address', () => {
    expect(receiver.bodies.length).toBeGreaterThan(0)
    expect(receiver.bodies.join('')).not.toMatch(/sesame|file:\/\//)
  })
})

describe('log', () => {
  it('has suite, commit, seed and workflow in every line about a run', () => {
    const aboutRuns = lines.filter(
      ({ run, workflowId, activityType }) =>
        run !== undefined || activityType === 'runSeed' || /^suite\/seen\/[0-9a-f]{12}\/\d/.test(String(workflowId)),
    )
    expect(aboutRuns.map(({ msg }) => msg)).toContain('run lost to a fault')
    expect(aboutRuns.some(({ source }) => source === 'temporal')).toBe(true)
    const always = { suite: 'seen', sha: expect.stringMatching(/^[0-9a-f]{12}/), attempt: expect.any(Number) }
    for (const line of aboutRuns) expect(line).toMatchObject({ ...always, workflowId: expect.any(String) })
    const ours = aboutRuns.filter(({ source }) => source !== 'temporal')
    for (const line of ours) expect(line).toMatchObject({ seed: expect.any(Number), try: 1, run: expect.any(String) })
  })

  it('of a gateway names the suite that a request is about', () => {
    const about = lines.filter(({ msg, route }) => msg === 'request' && String(route).startsWith('/v1/suites'))
    expect(about.length).toBe(2)
    for (const line of about) expect(line).toMatchObject({ suite: 'seen', workflowId: 'suite/seen' })
  })
})
