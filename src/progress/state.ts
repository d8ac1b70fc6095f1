import { DEFAULT_CONFIDENCE } from '../contract/confidence.ts'
import type { Outcome } from '../contract/result.ts'
import type { SuiteStatus } from '../contract/suite.ts'
import { emptyTally, type Tally } from '../contract/tally.ts'
import type { Verdict } from '../contract/verdict.ts'

/** What one attempt looks like; kept as one byte per run, so that a suite of a million runs stays small. */
export const CELL = {
  pending: 0,
  running: 1,
  passed: 2,
  failed: 3,
  timed_out: 4,
  crashed: 5,
  error: 6,
  cancelled: 7,
} as const satisfies Record<Outcome | 'pending' | 'running', number>
export type CellName = keyof typeof CELL

const NAMES: readonly CellName[] = [
  'pending',
  'running',
  'passed',
  'failed',
  'timed_out',
  'crashed',
  'error',
  'cancelled',
]
export const cellName = (cell: number): CellName => NAMES[cell] ?? 'pending'

export interface CommitProgress {
  sha: string
  position: number
  subject: string
  /** What the environment does at the moment, null before it began. */
  step: { name: string; message: string } | null
  /** What the environment lacks without failing for it. */
  warnings: readonly string[]
  /** What the set-up said when it failed; later steps (the release) leave it. */
  setupFailure: string | null
  /** By attempt; see CELL. */
  cells: Uint8Array
  /** Attempts below this one, or some of them, have begun. */
  begun: number
  tally: Tally
  verdict: Verdict | null
}

export interface SuiteProgress {
  suite: string
  /** Number of the last event that was applied. */
  seq: number
  status: SuiteStatus
  repo: string
  runsPerCommit: number
  /** Whether that is only the most that a commit gets: it stops where the evidence suffices. */
  capped: boolean
  /** Of intervals, while runs are still to come. */
  level: number
  parallelism: number
  commits: ReadonlyMap<string, CommitProgress>
  firstRunAtMs: number | null
  finishedRuns: number
  /** When the newest runs ended, oldest first, at most `RECENT_ENDS`: the pace is taken from them. */
  recentEndsMs: readonly number[]
  failure: string | null
  /** What runs wait for that have not begun, by run. */
  waiting: ReadonlyMap<string, string>
  /** Faults that runs were tried again for, by code. */
  retries: ReadonlyMap<string, Retries>
}

export interface Retries {
  times: number
  /** Of the newest one. */
  message: string
}

export const RECENT_ENDS = 200

export function initialProgress(suite: string): SuiteProgress {
  return {
    suite,
    seq: 0,
    status: 'queued',
    repo: '',
    runsPerCommit: 0,
    capped: false,
    level: DEFAULT_CONFIDENCE,
    parallelism: 0,
    commits: new Map(),
    firstRunAtMs: null,
    finishedRuns: 0,
    recentEndsMs: [],
    failure: null,
    waiting: new Map(),
    retries: new Map(),
  }
}

export function initialCommit(sha: string, position: number, runs: number): CommitProgress {
  return {
    sha,
    position,
    subject: '',
    step: null,
    warnings: [],
    setupFailure: null,
    cells: new Uint8Array(runs),
    begun: 0,
    tally: emptyTally(),
    verdict: null,
  }
}

/** Commits in the order asked for. */
export const orderedCommits = (state: SuiteProgress): CommitProgress[] =>
  [...state.commits.values()].sort((a, b) => a.position - b.position)

/** Failed, timed-out and crashed runs. */
export const failuresOf = (tally: Tally): number => tally.failed + tally.timedOut + tally.crashed

/** Runs that are over, whatever came of them. */
export const finishedOf = (tally: Tally): number => tally.passed + failuresOf(tally) + tally.errors + tally.cancelled
