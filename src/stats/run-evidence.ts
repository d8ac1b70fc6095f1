import { emptyTally, type Outcome, type Tally, tallyField } from '../contract/index.ts'
import type { ExitCodeCounts } from './verdict.ts'

/** What one run of a commit says. */
export interface RunEvidence {
  outcome: Outcome
  exitCode: number | null
  /** Absent where the run gave no result or left no report. */
  tests?: TestsOfRun | undefined
}

/**
 * What a run says of tests, each told apart by a number. Runs that name the same tests share one array: what is counted
 * per array is then counted once for all of them.
 */
export interface TestsOfRun {
  /** Tests that passed or failed. */
  ran: readonly number[]
  skipped: readonly number[]
  /** Of those that ran. */
  failed: ReadonlyMap<number, unknown>
}

type Run = Pick<RunEvidence, 'outcome' | 'exitCode'>

/** Runs by outcome. */
export function tallyOf(runs: readonly Pick<Run, 'outcome'>[]): Tally {
  const tally = emptyTally()
  for (const { outcome } of runs) tally[tallyField(outcome)]++
  return tally
}

/** Exit codes of the runs that gave a test result. */
export function exitCodesOf(runs: readonly Run[]): ExitCodeCounts {
  const counts = new Map<number | null, number>()
  for (const { outcome, exitCode } of runs) {
    if (outcome !== 'error' && outcome !== 'cancelled') counts.set(exitCode, (counts.get(exitCode) ?? 0) + 1)
  }
  return [...counts].map(([exitCode, times]) => ({ exitCode, runs: times }))
}
