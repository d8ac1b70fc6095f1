import { decideQuestion } from '../../activities/isolation/decide-question.ts'
import { filledRequest } from '../../activities/isolation/question-request.ts'
import { stopOfQuestion } from '../../activities/isolation/stop-of-question.ts'
import { parseSuiteRequest, type SuiteRequest } from '../../src/contract/index.ts'
import type { Store } from '../../src/store/store.ts'
import type { IsolationDecision, QuestionPart } from '../../workflows/isolation-api.ts'
import { runResult, runTests, suiteCommit, suiteSpec } from '../unit/store/samples.ts'
import { launchOfTests, VICTIM } from './recorded-isolation.ts'
import { finishSuite } from './recorded-suite.ts'

/** Whether the victim fails after these tests, by their names, in a run of this seed; undefined where it crashes. */
export type Victim = (before: readonly string[], seed: number) => boolean | undefined

/** Plays the workflow, its suites and their runs for an isolation on record: all but Temporal and processes. */
export class IsolationPlay {
  readonly #store: Store
  readonly #id: string
  readonly #victim: Victim
  readonly requests = new Map<string, SuiteRequest>()
  /** Runs made, by suite. */
  readonly made = new Map<string, number>()

  constructor(store: Store, id: string, victim: Victim) {
    this.#store = store
    this.#id = id
    this.#victim = victim
  }

  decide(late = false): Promise<IsolationDecision> {
    return decideQuestion({ store: this.#store }, { isolation: this.#id, late })
  }

  /** One suite of those wanted at a time, until there is an answer. */
  async toEnd(): Promise<Extract<IsolationDecision, { done: true }>> {
    for (;;) {
      const decision = await this.decide()
      if (decision.done) return decision
      const [part] = decision.parts.filter(({ suite }) => !this.made.has(suite))
      if (part === undefined) throw new Error('nothing to run')
      await this.run(part)
    }
  }

  /** A suite of a question, as it is admitted, run and stopped. */
  async run({ suite, question, parallelism }: QuestionPart): Promise<void> {
    const { sha } = launchOfTests
    const asked: SuiteRequest = {
      ...{ repo: '/repositories/one', commits: [sha], parallelism },
      partOf: { kind: 'isolation', id: this.#id, round: question },
    }
    const request = await filledRequest(this.#store, asked)
    const { seeds = [], job: _job, parallelism: atOnce = 1, ...sound } = parseSuiteRequest(request)
    this.requests.set(suite, request)
    const spec = { ...suiteSpec(suite), ...sound, id: suite, seed: null, parallelism: atOnce }
    await this.#store.suites.create({ spec, requestDigest: 'd', seeds })
    await this.#store.suites.putCommits(suite, [suiteCommit(0, sha)])
    this.made.set(suite, 0)
    for (const [attempt, seed] of seeds.entries()) {
      await this.#record(suite, attempt, seed)
      this.made.set(suite, attempt + 1)
      const looked = { suite, sha, below: attempt + 1 }
      const stop = await stopOfQuestion(this.#store, { kind: 'isolation', id: this.#id, round: question }, looked)
      if (stop !== null) break
    }
    await finishSuite(this.#store, suite)
  }

  async #record(suite: string, attempt: number, seed: number): Promise<void> {
    const { command } = this.requests.get(suite) ?? {}
    const names = command !== undefined && 'argv' in command ? command.argv.slice(launchOfTests.argv.length, -1) : []
    const failed = this.#victim(names, seed)
    const key = { suite, sha: launchOfTests.sha, attempt, generation: 0, seed, artifacts: [] }
    if (failed === undefined) {
      await this.#store.results.record(runResult({ ...key, outcome: 'crashed', signal: 'SIGSEGV', exitCode: null }))
      return
    }
    const failure = { id: VICTIM, fingerprint: '0123456789ab', message: 'assert 1 == 2' }
    const tests = runTests([VICTIM, ...names], failed ? { failed: [failure] } : {})
    await this.#store.results.record(runResult({ ...key, outcome: failed ? 'failed' : 'passed' }), tests)
  }
}
