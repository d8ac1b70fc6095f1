import type { Outcome, SuiteSpec, Verdict } from '../../../src/contract/index.ts'
import type { Store } from '../../../src/store/store.ts'
import { runResult, runTests, suiteCommit, suiteSpec } from './samples.ts'

/** What a run shows: tests that pass by name, `!name` fails, `!name@fingerprint` fails in that way. */
export interface PlayedRun {
  seed: number
  tests?: string[]
  outcome?: Outcome
  at?: string
  generation?: number
}

interface PlayedSuite {
  id: string
  spec?: Partial<SuiteSpec>
  commits: Record<string, PlayedRun[]>
  /** By default all commits have one second's date and the order in which they stand. */
  committedAt?: Record<string, string>
  verdicts?: Record<string, Partial<Verdict>>
  status?: 'running' | 'completed' | 'cancelled'
}

export const sha = (letter: string): string => letter.repeat(40)

/** Puts a suite on record as a worker would, and folds it once it has ended. */
export async function play(store: Store, suite: PlayedSuite): Promise<void> {
  const { id, spec = {}, commits, committedAt = {}, verdicts = {}, status = 'completed' } = suite
  const seeds = [...new Set(Object.values(commits).flatMap((runs) => runs.map(({ seed }) => seed)))]
  await store.suites.create({ spec: suiteSpec(id, { runs: seeds.length, ...spec }), requestDigest: id, seeds })
  const listed = Object.keys(commits).map((letter, position) =>
    suiteCommit(position, sha(letter), committedAt[letter] === undefined ? {} : { committedAt: committedAt[letter] }),
  )
  await store.suites.putCommits(id, listed)
  for (const [letter, runs] of Object.entries(commits)) await record(store, id, letter, runs)
  for (const [letter, verdict] of Object.entries(verdicts)) {
    await store.suites.putVerdict(id, sha(letter), 0, { ...VERDICT, ...verdict })
  }
  if (status !== 'running') await end(store, id, status)
}

export async function record(store: Store, suite: string, letter: string, runs: PlayedRun[]): Promise<void> {
  for (const [attempt, { seed, tests, outcome = 'passed', at, generation = 0 }] of runs.entries()) {
    const failed = (tests ?? []).flatMap((name) => {
      if (!name.startsWith('!')) return []
      const [id = '', fingerprint = '0123456789ab'] = name.slice(1).split('@')
      return [{ id, fingerprint, message: `broken: ${fingerprint}` }]
    })
    const ran = (tests ?? []).map((name) => name.replace(/^!/, '').replace(/@.*/, ''))
    const result = runResult({
      ...{ suite, sha: sha(letter), attempt, generation, seed, artifacts: [] },
      ...{ outcome: failed.length > 0 ? 'failed' : outcome, ...(at === undefined ? {} : { startedAt: at }) },
    })
    await store.results.record(result, tests === undefined ? undefined : runTests(ran, { failed }))
  }
}

export async function end(store: Store, id: string, status: 'completed' | 'cancelled', ordinal = 0): Promise<void> {
  const event = { suite: id, type: 'suite.finished', subject: id, ordinal, data: { status } } as const
  await store.suites.setStatus(id, status, event)
  await store.history.foldSuite(id)
}

const VERDICT: Verdict = {
  verdict: 'flaky',
  reason: null,
  failureRate: 0.5,
  interval: { method: 'always-valid', level: 0.95, low: 0.1, high: 0.9 },
  severity: 'high',
  stoppedEarly: false,
}
