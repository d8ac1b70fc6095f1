import {
  CommitSuiteError,
  formatRunId,
  invalidInput,
  type Outcome,
  type RunKey,
  type SessionRef,
  type SuiteEventData,
  type SuiteRequest,
} from '../../../src/contract/index.ts'
import { sessionNamespace } from '../../../src/executors/session-name.ts'
import type { Store } from '../../../src/store/store.ts'
import type { SessionControl } from '../../../src/temporal/sessions.ts'
import { SHA, suiteCommit, suiteSpec } from '../../unit/store/samples.ts'

/** What a test lets a suite do, in place of the worker. */
export type Script = (suite: FakeSuite) => Promise<void>

/** A suite on record, told as a worker would tell it. */
export class FakeSuite {
  readonly request: SuiteRequest & { id: string }
  readonly #store: Store
  readonly #key: RunKey
  #offsets = { stdout: 0, stderr: 0 }

  constructor(store: Store, request: SuiteRequest & { id: string }) {
    this.#store = store
    this.request = request
    this.#key = { suite: request.id, sha: SHA, attempt: 0, generation: 0 }
  }

  async admit(): Promise<void> {
    const { id, repo, session, command = { shell: 'pytest tests/' } } = this.request
    const spec = suiteSpec(id, {
      repo,
      session: { chat: session?.chat ?? '', user: session?.user ?? '', key: session?.key ?? '' },
      command,
      runs: 1,
    })
    await this.#store.suites.create({ spec, requestDigest: 'digest', seeds: [5] })
  }

  /** As far as its environment. */
  async prepare(): Promise<void> {
    const { id, repo, commits = [] } = this.request
    await this.#store.suites.putCommits(id, [
      suiteCommit(0, SHA, { refs: commits, subject: 'Price parcels by weight' }),
    ])
    const data = { repo, runs: 1, parallelism: 1, seed: 5 }
    await this.#store.suites.setStatus(id, 'running', {
      suite: id,
      type: 'suite.started',
      subject: id,
      ordinal: 0,
      data,
    })
    for (const step of ['provision', 'checkout', 'setup', 'ready'] as const) await this.step(step, step)
  }

  async step(step: SuiteEventData<'environment.step'>['step'], message: string): Promise<void> {
    const suite = this.request.id
    const ordinal = [...step].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 0) % 1_000_003
    const data = { sha: SHA, step, message }
    await this.#store.events.append({ suite, type: 'environment.step', subject: SHA, ordinal, data })
  }

  async begin(number = 1): Promise<void> {
    const run = formatRunId(this.#key)
    const data = { sha: SHA, run, attempt: 0, seed: 5, try: number, node: 'node' }
    await this.#store.events.append({
      suite: this.request.id,
      type: 'run.started',
      subject: run,
      ordinal: number,
      data,
    })
  }

  async print(stream: 'stdout' | 'stderr', text: string | Uint8Array): Promise<void> {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text
    const key = { ...this.#key, try: 1, stream }
    this.#offsets[stream] = await this.#store.logs.append(key, this.#offsets[stream], bytes)
  }

  async end(outcome: Outcome, more: { exitCode?: number; reason?: string; durationMs?: number } = {}): Promise<void> {
    const result = { seed: 5, outcome, reason: null, exitCode: 0, signal: null, startedAt: null, durationMs: 1_234 }
    const rest = { tries: 1, node: 'node', artifacts: [] }
    await this.#store.results.record({ ...this.#key, ...result, ...rest, ...more })
    await this.finish('completed')
  }

  async finish(status: 'completed' | 'failed' | 'cancelled', failure?: string): Promise<void> {
    const { id } = this.request
    const data = { status, ...(failure === undefined ? {} : { failure }) }
    await this.#store.suites.setStatus(
      id,
      status,
      { suite: id, type: 'suite.finished', subject: id, ordinal: 0, data },
      failure,
    )
  }
}

const passing: Script = async (suite) => {
  await suite.admit()
  await suite.prepare()
  await suite.begin()
  await suite.print('stdout', `tested ${suite.request.commits?.[0]}\n`)
  await suite.end('passed')
}

/** The worker and Temporal of several gateways: what they start, and the sessions they ask for. */
export class FakeWorker {
  readonly started: FakeSuite[] = []
  readonly #store: Store
  readonly #ids = new Set<string>()
  readonly #refusals = new Map<string, CommitSuiteError>()
  readonly #sessions = new Map<string, string>()
  script: Script = passing
  #working: Promise<void>[] = []

  constructor(store: Store) {
    this.#store = store
  }

  readonly start = async (_caller: unknown, request: SuiteRequest & { id: string }): Promise<void> => {
    if (this.#ids.has(request.id)) throw invalidInput('id', request.id, 'is taken', undefined, 'suite_conflict')
    this.#ids.add(request.id)
    const suite = new FakeSuite(this.#store, request)
    this.started.push(suite)
    const working = this.script(suite).catch((error: unknown) => {
      if (!(error instanceof CommitSuiteError)) throw error
      this.#refusals.set(request.id, error)
    })
    this.#working.push(working)
    await Promise.race([working, this.#onRecord(request.id)])
  }

  readonly control = { failureOf: async (suite: string) => this.#refusals.get(suite) }

  readonly sessions: SessionControl = {
    ensure: async ({ session, projectType }) => {
      if (projectType === 'cobol')
        throw invalidInput(
          'projectType',
          'cobol',
          'no such template',
          'Templates that exist: generic.',
          'template_not_found',
        )
      if (session.chat === 'full') throw new CommitSuiteError('environment_refused', 'The quota does not allow it.')
      const known = this.#sessions.get(keyOf(session))
      const namespace = known ?? this.#freeName(session)
      this.#sessions.set(keyOf(session), namespace)
      return { namespace, status: known === undefined ? 'created' : 'exists', ...this.#said(projectType) }
    },
    find: async ({ session, projectType }) => {
      if (session.chat === 'away') throw new CommitSuiteError('cluster_unavailable', 'The cluster does not answer.')
      const namespace = this.#sessions.get(keyOf(session)) ?? null
      return { namespace, status: namespace === null ? 'absent' : 'exists', ...this.#said(projectType) }
    },
  }

  #said(projectType: string) {
    return { projectType, command: { shell: 'pytest tests/' }, at: new Date().toISOString() }
  }

  #freeName(session: Parameters<typeof keyOf>[0]): string {
    const ref: SessionRef = { ...session, key: session.key ?? '' }
    const plain = sessionNamespace(ref, false)
    return [...this.#sessions.values()].includes(plain) ? sessionNamespace(ref, true) : plain
  }

  async #onRecord(id: string): Promise<void> {
    while ((await this.#store.suites.get(id)) === undefined) await new Promise((resolve) => setTimeout(resolve, 5))
  }

  async idle(): Promise<void> {
    await Promise.all(this.#working)
  }
}

const keyOf = ({ chat, user, key = '' }: { chat: string; user: string; key?: string | undefined }): string =>
  JSON.stringify([chat, user, key])
