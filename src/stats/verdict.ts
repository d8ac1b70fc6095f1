import type { Interval, SeverityThresholds, Tally, Verdict, VerdictName } from '../contract/index.ts'
import { DEFAULT_LEVEL } from './interval.ts'
import { measureRate } from './measured-rate.ts'

/** What a shell answers when it cannot execute (126) or find (127) a command. */
const NO_COMMAND = new Set<number | null>([126, 127])

/** Exit codes with the number of runs that ended with them. */
export type ExitCodeCounts = readonly { exitCode: number | null; runs: number }[]

interface JudgeOptions {
  /** `always-valid` where the number of runs was not fixed in advance, or not all of them have ended. */
  method?: Interval['method']
  /** 1 − α of the interval and of the upper bound. */
  level?: number
  /** Exit codes of the runs with their number; tells a command that never ran from a failing test. */
  exitCodes?: ExitCodeCounts
  severityThresholds?: SeverityThresholds | undefined
}

/** Runs that gave a test result: the denominator of every rate. Infrastructure errors are not among them. */
const countedRuns = (tally: Tally): number => tally.passed + failures(tally)

/** Runs that failed by the test's own doing: failures, time-outs and crashes. */
const failures = (tally: Tally): number => tally.failed + tally.timedOut + tally.crashed

/**
 * Judges one commit from its runs by what was seen. The upper bound 1 − α^(1/n) holds at every look: that no failure was
 * seen in n runs implies the same of fewer.
 */
export function judge(tally: Tally, options: JudgeOptions = {}): Verdict {
  const level = options.level ?? DEFAULT_LEVEL
  const runs = countedRuns(tally)
  if (runs === 0) return inconclusive(tally.errors > 0 ? 'only_errors' : 'no_results')
  if (tally.passed === 0 && neverRan(options.exitCodes ?? [])) return inconclusive('command_not_found')
  const failed = failures(tally)
  const { severityThresholds, method = 'clopper-pearson' } = options
  return {
    verdict: verdictOf(failed, runs),
    reason: null,
    ...measureRate(failed, runs, { method, level, severityThresholds }),
    stoppedEarly: false,
  }
}

/** The verdict where there is nothing, or too little, to go by. */
export function inconclusive(reason: string): Verdict {
  return { verdict: 'inconclusive', reason, failureRate: null, interval: null, severity: 'none', stoppedEarly: false }
}

/** What y failures in n ≥ 1 runs are called where the number of runs was fixed in advance. */
export function verdictOf(failed: number, runs: number): VerdictName {
  if (failed === 0) return 'passing'
  return failed === runs ? 'failing' : 'flaky'
}

/** Whether the shell found no command in any run. */
export function neverRan(exitCodes: ExitCodeCounts): boolean {
  return exitCodes.length > 0 && exitCodes.every(({ exitCode }) => NO_COMMAND.has(exitCode))
}
