import type { ReportedCommit, ReportedRun } from '../contract/index.ts'
import { count, plural } from './format.ts'

const FAILURES = new Set<ReportedRun['outcome']>(['failed', 'timed_out', 'crashed'])
export const isFailure = (run: ReportedRun): boolean => FAILURES.has(run.outcome)

/** Failing runs that a report for people names; the number of those beyond is said. */
const NAMED = 20

export function namedFailures({ results = [] }: ReportedCommit): { named: ReportedRun[]; more: number } {
  const failing = results.filter(isFailure)
  return { named: failing.slice(0, NAMED), more: Math.max(0, failing.length - NAMED) }
}

/** Runs that gave a test result; errors and cancelled runs are no evidence. */
export const judgedRuns = (commit: ReportedCommit): number =>
  commit.passed + commit.failed + commit.timedOut + commit.crashed
export const failedRuns = (commit: ReportedCommit): number => commit.failed + commit.timedOut + commit.crashed

/**
 * `failed 3, timed out 1, crashed 1; 2 errors not counted`: what the failures of a commit were, and what is in no rate.
 * Empty where there is nothing to tell apart.
 */
export function outcomeKinds({ failed, timedOut, crashed, errors }: ReportedCommit): string {
  const kinds = Object.entries({ failed, 'timed out': timedOut, crashed }).filter(([, runs]) => runs > 0)
  const failures = timedOut + crashed === 0 ? '' : kinds.map(([kind, runs]) => `${kind} ${count(runs)}`).join(', ')
  const uncounted = errors === 0 ? '' : `${plural(errors, 'error')} not counted`
  return [failures, uncounted].filter((part) => part !== '').join('; ')
}
