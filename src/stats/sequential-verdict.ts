import type { Outcome, SeverityThresholds, Verdict } from '../contract/index.ts'
import { type Conclusion, conclude, isDecided } from './conclusion.ts'
import { measureRate } from './measured-rate.ts'
import { followSprt, type SprtOptions, sprtOf } from './sprt.ts'
import { type ExitCodeCounts, inconclusive, neverRan } from './verdict.ts'

export interface SequentialOptions extends SprtOptions {
  /** Runs of the commit at most, errors among them. */
  cap: number
}

interface JudgeInSequenceOptions extends SequentialOptions {
  /** Exit codes of the runs with their number; tells a command that never ran from a failing test. */
  exitCodes?: ExitCodeCounts
  severityThresholds?: SeverityThresholds | undefined
}

/**
 * Judges one commit under `--until verdict`. All intervals are always-valid at the level of the confidence.
 *
 * | verdict | reason | when |
 * |---|---|---|
 * | `passing` | null, or `below_max_flake_rate` where a failure was seen | the lower boundary is reached |
 * | `flaky` | null | the upper boundary is reached, and a pass was seen |
 * | `failing` | null | the upper boundary is reached without a pass, and the interval's low is at least 0.8 |
 * | `inconclusive` | `undecided_at_cap` | no boundary is reached by the cap |
 * | | `no_pass_at_cap` | the upper boundary is reached, and by the cap neither a pass nor a low of 0.8 |
 * | | `undecided`, `no_pass_seen` | the same before the cap: the commit is still running, or was cancelled |
 * | | `only_errors`, `no_results`, `command_not_found` | as without early stopping |
 *
 * @param outcomes in attempt order, the longest finished prefix only. Errors and cancelled runs move nothing.
 */
export function judgeInSequence(outcomes: readonly Outcome[], options: JudgeInSequenceOptions): Verdict {
  const { confidence: level, severityThresholds } = options
  const path = followSprt(sprtOf(options), resultsOf(outcomes))
  const conclusion = conclude(path, level)
  const atCap = isAtCap(outcomes, options)
  const stoppedEarly = isDecided(conclusion) && !atCap
  const { failures, runs } = path
  if (runs === 0) return inconclusive(outcomes.includes('error') ? 'only_errors' : 'no_results')
  if (failures === runs && neverRan(options.exitCodes ?? [])) {
    return { ...inconclusive('command_not_found'), stoppedEarly }
  }
  return {
    ...named(conclusion, failures, atCap),
    ...measureRate(failures, runs, { method: 'always-valid', level, severityThresholds }),
    stoppedEarly,
  }
}

/** Whether a commit, taken alone, has an answer. */
export function isCommitDecided(outcomes: readonly Outcome[], options: SprtOptions): boolean {
  return isDecided(conclude(followSprt(sprtOf(options), resultsOf(outcomes)), options.confidence))
}

/** Runs cancelled in flight at a stop are counted nowhere, not against the cap either. */
export function isAtCap(outcomes: readonly Outcome[], { cap }: Pick<SequentialOptions, 'cap'>): boolean {
  return outcomes.reduce((made, outcome) => (outcome === 'cancelled' ? made : made + 1), 0) >= cap
}

/** Of each run that gave a test result whether it failed. */
function* resultsOf(outcomes: readonly Outcome[]): Generator<boolean> {
  for (const outcome of outcomes) {
    switch (outcome) {
      case 'passed':
        yield false
        break
      case 'failed':
      case 'timed_out':
      case 'crashed':
        yield true
        break
      case 'error':
      case 'cancelled':
        break
    }
  }
}

function named(conclusion: Conclusion, failures: number, atCap: boolean): Pick<Verdict, 'verdict' | 'reason'> {
  switch (conclusion) {
    case 'passing':
      return { verdict: 'passing', reason: failures === 0 ? null : 'below_max_flake_rate' }
    case 'flaky':
    case 'failing':
      return { verdict: conclusion, reason: null }
    case 'undecided':
      return { verdict: 'inconclusive', reason: atCap ? 'undecided_at_cap' : 'undecided' }
    case 'no pass seen':
      return { verdict: 'inconclusive', reason: atCap ? 'no_pass_at_cap' : 'no_pass_seen' }
  }
}
