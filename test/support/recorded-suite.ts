import type { Store } from '../../src/store/store.ts'
import { runResult, runTests, SHA, suiteCommit, suiteSpec } from '../unit/store/samples.ts'

export interface RecordedSuite {
  id: string
  /** Results on record; each comes with its event. */
  runs: number
  status?: 'running' | 'completed'
  /** Name of the key that asked for it. */
  key?: string | null
}

/** Puts a suite of one commit with failing and passing runs on record, as a worker would. */
export async function recordSuite(store: Store, { id, runs, status = 'completed', key }: RecordedSuite): Promise<void> {
  const network = key === undefined ? {} : { network: { key } }
  const seeds = Array.from({ length: runs }, (_, index) => index + 1)
  await store.suites.create({ spec: suiteSpec(id, { runs, ...network }), requestDigest: 'digest', seeds })
  await store.suites.putCommits(id, [suiteCommit(0, SHA)])
  const started = { repo: '/repositories/one', runs, parallelism: 2, seed: 7 }
  await store.suites.setStatus(id, 'running', {
    suite: id,
    type: 'suite.started',
    subject: id,
    ordinal: 0,
    data: started,
  })
  for (let attempt = 0; attempt < runs; attempt++) await recordRun(store, id, attempt)
  if (status === 'completed') await finishSuite(store, id)
}

/** Every third run fails, in one of its two tests. */
export async function recordRun(store: Store, suite: string, attempt: number): Promise<void> {
  const fails = attempt % 3 === 2
  const end = fails ? ({ outcome: 'failed', exitCode: 1 } as const) : ({ outcome: 'passed', exitCode: 0 } as const)
  const key = { suite, sha: SHA, attempt, generation: 0 }
  const failed = fails ? [{ id: 'tests::flaky', fingerprint: '0123456789ab', message: `boom ${attempt}` }] : []
  const tests = runTests(['tests::flaky', 'tests::steady'], { failed })
  await store.results.record(runResult({ ...key, seed: attempt + 1, ...end, artifacts: [] }), tests)
}

export async function finishSuite(store: Store, id: string): Promise<void> {
  const data = { status: 'completed' } as const
  await store.suites.setStatus(id, 'completed', { suite: id, type: 'suite.finished', subject: id, ordinal: 0, data })
  await store.history.foldSuite(id)
}

/** 8 kB of a set-up's output. */
export async function recordLargeEvent(store: Store, suite: string, ordinal: number): Promise<void> {
  const data = { sha: SHA, step: 'waiting', message: 'x'.repeat(8_000) } as const
  await store.events.append({ suite, type: 'environment.step', subject: SHA, ordinal: 1_000 + ordinal, data })
}
