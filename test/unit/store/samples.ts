import type { NewSuiteEvent, RunResult, RunTests, SuiteCommit, SuiteSpec } from '../../../src/contract/index.ts'

export const SHA = 'a1'.repeat(20)
export const OTHER_SHA = 'b2'.repeat(20)

export const suiteSpec = (id: string, fields: Partial<SuiteSpec> = {}): SuiteSpec => ({
  id,
  repo: '/repositories/one',
  commits: ['HEAD'],
  firstParent: false,
  command: { shell: 'make check' },
  workdir: '.',
  timeoutMs: 300_000,
  executor: 'local',
  isolation: 'process',
  env: {},
  secretEnv: [],
  limits: {},
  keep: 'never',
  priority: 2,
  runs: 10,
  seed: 7,
  attemptBase: 0,
  parallelism: 2,
  ...fields,
})

export const runResult = (fields: Partial<RunResult> = {}): RunResult => ({
  suite: 's-1',
  sha: SHA,
  attempt: 0,
  generation: 0,
  seed: 11,
  outcome: 'passed',
  reason: null,
  exitCode: 0,
  signal: null,
  startedAt: '2026-01-02T03:04:05.678Z',
  durationMs: 12,
  tries: 1,
  node: 'host',
  artifacts: [{ name: '1.stdout', sizeBytes: 3 }],
  ...fields,
})

export const suiteCommit = (position: number, sha: string, fields: Partial<SuiteCommit> = {}): SuiteCommit => ({
  position,
  sha,
  refs: [`HEAD~${position}`],
  subject: `Change ${position}`,
  author: 'A. Author',
  committedAt: '2026-01-01T00:00:00Z',
  ...fields,
})

export const pausedEvent = (suite: string, ordinal: number): NewSuiteEvent => ({
  suite,
  type: 'suite.paused',
  subject: suite,
  ordinal,
  data: {},
})

/** Reports of tests that all passed, unless said otherwise. */
export const runTests = (ran: string[], fields: Partial<RunTests> = {}): RunTests => ({
  ran,
  failed: [],
  failedBeyond: [],
  skipped: [],
  outsideTests: [],
  unreadable: [],
  order: [],
  ...fields,
})
