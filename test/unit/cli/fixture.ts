import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import type { CliContext, Output, Signal } from '../../../src/cli/context.ts'
import { liveServices } from '../../../src/cli/live-services.ts'
import type { Services } from '../../../src/cli/services.ts'
import type {
  Outcome,
  ReportedCommit,
  ReportedRun,
  ReportedTest,
  RunResult,
  SuiteReport,
  SuiteSpec,
} from '../../../src/contract/index.ts'
import type { Store } from '../../../src/store/store.ts'

export const SHA = '0123456789abcdef0123456789abcdef01234567'
export const SHA2 = 'fedcba9876543210fedcba9876543210fedcba98'

/** A stream that remembers what was written to it. */
export function capture(
  options: { isTTY?: boolean; columns?: number } = {},
): Output & { text(): string; bytes(): Buffer } {
  const chunks: Buffer[] = []
  const stream = new PassThrough()
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  const bytes = () => Buffer.concat(chunks)
  return Object.assign(stream, options, { bytes, text: () => bytes().toString('utf8') })
}

export interface TestCli {
  context: CliContext & { stdout: ReturnType<typeof capture>; stderr: ReturnType<typeof capture> }
  signal(name: Signal): void
  exits: number[]
}

/** A command line whose services fail loudly unless the test gives them. */
export function testCli(services: Partial<Services> = {}, env: NodeJS.ProcessEnv = {}): TestCli {
  const listeners = new Map<Signal, Set<() => void>>()
  const exits: number[] = []
  return {
    exits,
    signal: (name) => {
      for (const listener of listeners.get(name) ?? []) listener()
    },
    context: {
      stdin: new PassThrough(),
      stdout: capture(),
      stderr: capture(),
      env,
      cwd: process.cwd(),
      services: { ...refuseAll(), ...services },
      onSignal(name, listener) {
        const known = listeners.get(name) ?? new Set()
        listeners.set(name, known.add(listener))
        return () => known.delete(listener)
      },
      forceExit: (code) => void exits.push(code),
      now: () => 1_000_000,
    },
  }
}

function refuse(): never {
  throw new Error('this service was not to be used')
}

const refuseAll = (): Services => ({
  config: refuse,
  openStore: refuse,
  readReport: refuse,
  acquireStack: refuse,
  findStack: refuse,
  isEmbedded: refuse,
  connectSuites: refuse,
  startGateway: refuse,
  runDoctor: refuse,
  collectGarbage: refuse,
  collectEnvironments: refuse,
  openEnvironments: refuse,
  localEnvironments: refuse,
  runWorker: refuse,
  uncommittedChanges: refuse,
  remoteOf: refuse,
  userGateway: async () => undefined,
  readDefaults: refuse,
  scriptParts: refuse,
})

/** A real store in a folder of its own, and the services that go with it while no stack is up. */
export async function realStore() {
  const folder = await mkdtemp(join(tmpdir(), 'cli-'))
  const env = { HOME: folder, COMMIT_SUITE_HOME: join(folder, 'state'), COMMIT_SUITE_SLOTS: '2' }
  const live = liveServices(env)
  const config = live.config()
  const store = await live.openStore(config)
  return {
    folder,
    store,
    config,
    services: {
      config: () => config,
      openStore: live.openStore,
      readReport: live.readReport,
      findStack: async () => undefined,
    } satisfies Partial<Services>,
    close: async () => {
      await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export function spec(fields: Partial<SuiteSpec> = {}): SuiteSpec {
  return {
    id: 's-one',
    repo: '/repositories/example',
    commits: ['HEAD'],
    firstParent: false,
    command: { shell: 'make test' },
    workdir: '.',
    setup: null,
    runs: 4,
    seed: 7,
    attemptBase: 0,
    parallelism: 2,
    timeoutMs: 60_000,
    executor: 'local',
    isolation: 'process',
    env: {},
    secretEnv: [],
    limits: {},
    keep: 'never',
    priority: 2,
    ...fields,
  }
}

export function result(attempt: number, outcome: Outcome, fields: Partial<RunResult> = {}): RunResult {
  return {
    suite: 's-one',
    sha: SHA,
    attempt,
    generation: 0,
    seed: 100 + attempt,
    outcome,
    reason: null,
    exitCode: outcome === 'passed' ? 0 : 1,
    signal: null,
    startedAt: '2026-01-02T03:04:05.000Z',
    durationMs: 412,
    tries: 1,
    node: 'host',
    artifacts: [],
    ...fields,
  }
}

/** A suite of one commit with runs that ended as said, everything on record. */
export async function recordSuite(
  store: Store,
  outcomes: Outcome[],
  fields: Partial<SuiteSpec> = {},
  subject = 'Add a feature',
) {
  const suite = spec({ runs: outcomes.length, ...fields })
  const { id } = suite
  await store.suites.create({
    spec: suite,
    requestDigest: 'digest',
    seeds: outcomes.map((_, attempt) => 100 + attempt),
  })
  await store.suites.putCommits(id, [
    { position: 0, sha: SHA, refs: ['HEAD'], subject, author: 'A', committedAt: '2026-01-02T03:04:05.000Z' },
  ])
  for (const [attempt, outcome] of outcomes.entries())
    await store.results.record(result(attempt, outcome, { suite: id }))
  return { id, runId: (attempt: number) => `${id}.${SHA.slice(0, 12)}.${attempt}` }
}

/** Ends a recorded suite. */
export async function endSuite(
  store: Store,
  id: string,
  status: 'completed' | 'cancelled' | 'failed',
  failure?: string,
) {
  const data = { status, ...(failure === undefined ? {} : { failure }) }
  await store.suites.setStatus(
    id,
    status,
    { suite: id, type: 'suite.finished', subject: id, ordinal: 0, data },
    failure,
  )
}

export function reportedRun(attempt: number, outcome: Outcome, fields: Partial<ReportedRun> = {}): ReportedRun {
  const { seed, reason, exitCode, signal, durationMs, tries, node, artifacts } = result(attempt, outcome)
  const id = `s-one.${SHA.slice(0, 12)}.${attempt}`
  const run = { id, attempt, seed, outcome, reason, exitCode, signal, durationMs, tries, node, artifacts }
  return { ...run, replay: `commit-suite replay ${id}`, ...fields }
}

export function reportedCommit(fields: Partial<ReportedCommit> = {}): ReportedCommit {
  return {
    refs: ['HEAD'],
    sha: SHA,
    subject: 'Add a feature',
    verdict: 'flaky',
    reason: null,
    failureRate: 0.25,
    interval: { method: 'clopper-pearson', level: 0.95, low: 0.0063, high: 0.8059 },
    severity: 'medium',
    stoppedEarly: false,
    runs: 4,
    passed: 3,
    failed: 1,
    timedOut: 0,
    crashed: 0,
    errors: 0,
    cancelled: 0,
    ...fields,
  }
}

export function reportedTest(fields: Partial<ReportedTest> = {}): ReportedTest {
  const example = `s-one.${SHA.slice(0, 12)}.1`
  return {
    ...{ id: 'tests.test_orders::test_total', runs: 100, failed: 40, missing: 0, skipped: 0, failureRate: 0.4 },
    interval: { method: 'clopper-pearson', level: 0.95, low: 0.3033, high: 0.5028 },
    ...{ verdict: 'flaky', reason: null, severity: 'medium' },
    failures: [{ fingerprint: '0123456789ab', message: 'AssertionError: 3 != 4', runs: 40, example }],
    ...fields,
  }
}

export function report(fields: Partial<SuiteReport> = {}): SuiteReport {
  return {
    suite: 's-one',
    repo: '/repositories/example',
    command: { shell: 'make test' },
    status: 'completed',
    startedAt: '2026-01-02T03:04:05.000Z',
    durationMs: 81_234,
    seed: 7,
    commits: [reportedCommit()],
    ...fields,
  }
}
