import type { Tally, Verdict, VerdictName } from '../contract/index.ts'
import { clopperPearson, DEFAULT_LEVEL, zeroFailureUpperBound } from './interval.ts'
import { severityOf } from './severity.ts'

/** What a shell answers when it cannot execute (126) or find (127) a command. */
const NO_COMMAND = new Set<number | null>([126, 127])

interface JudgeOptions {
  /** 1 − α of the interval and of the upper bound. */
  level?: number
  /** Exit codes of the runs with their number; tells a command that never ran from a failing test. */
  exitCodes?: readonly { exitCode: number | null; runs: number }[]
}

/** Runs that gave a test result: the denominator of every rate. Infrastructure errors are not among them. */
const countedRuns = (tally: Tally): number => tally.passed + failures(tally)

/** Runs that failed by the test's own doing: failures, time-outs and crashes. */
const failures = (tally: Tally): number => tally.failed + tally.timedOut + tally.crashed

/** Judges one commit from its runs, their number fixed in advance. */
export function judge(tally: Tally, options: JudgeOptions = {}): Verdict {
  const level = options.level ?? DEFAULT_LEVEL
  const runs = countedRuns(tally)
  if (runs === 0) return inconclusive(tally.errors > 0 ? 'only_errors' : 'no_results')
  if (tally.passed === 0 && neverRan(options.exitCodes ?? [])) return inconclusive('command_not_found')
  const failed = failures(tally)
  const failureRate = failed / runs
  return {
    verdict: nameOf(failed, runs),
    reason: null,
    failureRate,
    interval: clopperPearson(failed, runs, level),
    ...(failed === 0 ? { upperBound: zeroFailureUpperBound(runs, level) } : {}),
    severity: severityOf(failureRate),
    stoppedEarly: false,
  }
}

/** The verdict where there is nothing, or too little, to go by. */
export function inconclusive(reason: string): Verdict {
  return { verdict: 'inconclusive', reason, failureRate: null, interval: null, severity: 'none', stoppedEarly: false }
}

function nameOf(failed: number, runs: number): VerdictName {
  if (failed === 0) return 'passing'
  return failed === runs ? 'failing' : 'flaky'
}

function neverRan(exitCodes: readonly { exitCode: number | null; runs: number }[]): boolean {
  return exitCodes.length > 0 && exitCodes.every(({ exitCode }) => NO_COMMAND.has(exitCode))
}
