import { constants } from 'node:os'
import type { Outcome, RunResult } from '../../../contract/index.ts'
import { type Excerpt, textWithin } from './excerpt.ts'

/** One run as clients of jobs know it. */
export interface JobRow {
  attempt: number
  /** As Python's subprocess has it: minus the signal's number where one ended the run; null past its limit. */
  exit_code: number | null
  stdout: string
  stderr: string
  passed: boolean
  seed: number
  /** Only where the run gave no test result, and so counts neither way. */
  error?: string
}

/** A run and what it printed. */
export interface PrintedRun {
  result: RunResult
  stdout: Excerpt
  stderr: Excerpt
}

/** Runs that gave a test result: the denominator of the rate. */
export const isCounted = (outcome: Outcome): boolean => outcome !== 'error' && outcome !== 'cancelled'

export function rowOf({ result, stdout, stderr }: PrintedRun, limitBytes: number): JobRow {
  const { attempt, outcome, reason, seed } = result
  return {
    attempt,
    exit_code: exitCodeOf(result),
    stdout: textWithin(stdout, limitBytes),
    stderr: outcome === 'timed_out' ? 'TIMEOUT' : textWithin(stderr, limitBytes),
    passed: outcome === 'passed',
    seed,
    ...(isCounted(outcome) ? {} : { error: reason === null || reason === outcome ? outcome : `${outcome}: ${reason}` }),
  }
}

function exitCodeOf({ outcome, exitCode, signal }: RunResult): number | null {
  if (outcome === 'timed_out' || !isCounted(outcome)) return null
  if (exitCode !== null || signal === null) return exitCode
  const number = new Map<string, number>(Object.entries(constants.signals)).get(signal)
  return number === undefined ? null : -number
}
