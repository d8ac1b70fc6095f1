import type { Interval, Severity, SeverityThresholds, VerdictName } from '../contract/index.ts'
import { type Conclusion, conclude, isDecided } from './conclusion.ts'
import { DEFAULT_LEVEL } from './interval.ts'
import { measureRate } from './measured-rate.ts'
import { followSprt } from './sprt.ts'
import { type TestSprtOptions, testSprtOf } from './test-sprt.ts'
import { verdictOf } from './verdict.ts'

/**
 * What one run says of one test. `missing`: the run ended (crash, time-out) before the test had a result; like
 * `skipped` it is no observation, and it is counted apart.
 */
export type TestOutcome = 'passed' | 'failed' | 'missing' | 'skipped'

/** The judgement of one test at one commit. */
export interface TestVerdict {
  /** Runs in which it passed or failed: the denominator of the rate. */
  runs: number
  failed: number
  missing: number
  skipped: number
  failureRate: number | null
  interval: Interval | null
  upperBound?: { level: number; value: number } | undefined
  verdict: VerdictName
  reason: string | null
  severity: Severity
}

interface JudgeTestOptions {
  /** `always-valid` where the number of runs was not fixed in advance, or not all of them have ended. */
  method?: Interval['method']
  level?: number
  severityThresholds?: SeverityThresholds | undefined
}

/** Runs of a test by what they say of it; `runs` are those in which it passed or failed. */
export type TestCounts = Pick<TestVerdict, 'runs' | 'failed' | 'missing' | 'skipped'>

/** Judges a test where the number of runs was fixed in advance; `inconclusive` only without any observation. */
export function judgeTest(outcomes: readonly TestOutcome[], options: JudgeTestOptions = {}): TestVerdict {
  return judgeTestCounts(count(outcomes), options)
}

/**
 * Judges a test by what was seen: enough where the number of runs was fixed in advance, and for a test that never
 * failed, of which the order of runs says nothing.
 */
export function judgeTestCounts(counts: TestCounts, options: JudgeTestOptions = {}): TestVerdict {
  const { runs, failed, missing, skipped } = counts
  const observed = { runs, failed, missing, skipped }
  if (runs === 0) return unobserved(observed)
  const { method = 'clopper-pearson', level = DEFAULT_LEVEL, severityThresholds } = options
  return {
    ...observed,
    ...measureRate(failed, runs, { method, level, severityThresholds }),
    verdict: verdictOf(failed, runs),
    reason: null,
  }
}

interface JudgeTestInSequenceOptions extends TestSprtOptions {
  severityThresholds?: SeverityThresholds | undefined
}

/**
 * Judges a test under `--until verdict`, with always-valid intervals (each at the level, not all of them together).
 * `passing` also where no failure was seen but too few runs for its own SPRT: the upper bound says how sure; with
 * failures, reason `below_max_flake_rate`, only where the SPRT says so. `flaky` and `failing` as for commits, with α
 * shared by all tests. Otherwise `inconclusive`: `undecided`, `no_pass_seen`, or without any observation
 * `only_missing`, `only_skipped`, `no_results`.
 *
 * @param outcomes in attempt order, the longest finished prefix only
 */
export function judgeTestInSequence(
  outcomes: readonly TestOutcome[],
  options: JudgeTestInSequenceOptions,
): TestVerdict {
  const counts = count(outcomes)
  if (counts.runs === 0) return unobserved(counts)
  const { confidence: level, severityThresholds } = options
  return {
    ...counts,
    ...measureRate(counts.failed, counts.runs, { method: 'always-valid', level, severityThresholds }),
    ...named(concludeTest(outcomes, options), counts.failed),
  }
}

/** Whether a test needs no further run: it never failed, or its own SPRT has an answer. */
export function isTestDecided(outcomes: readonly TestOutcome[], options: TestSprtOptions): boolean {
  return !outcomes.includes('failed') || isDecided(concludeTest(outcomes, options))
}

function concludeTest(outcomes: readonly TestOutcome[], options: TestSprtOptions): Conclusion {
  const observed = outcomes.filter((outcome) => outcome === 'passed' || outcome === 'failed')
  const failed = observed.map((outcome) => outcome === 'failed')
  return conclude(followSprt(testSprtOf(options), failed), options.confidence)
}

function count(outcomes: readonly TestOutcome[]): TestCounts {
  const of = { passed: 0, failed: 0, missing: 0, skipped: 0 }
  for (const outcome of outcomes) of[outcome]++
  return { runs: of.passed + of.failed, failed: of.failed, missing: of.missing, skipped: of.skipped }
}

function unobserved(counts: TestCounts): TestVerdict {
  return {
    ...counts,
    failureRate: null,
    interval: null,
    verdict: 'inconclusive',
    reason: whyUnobserved(counts),
    severity: 'none',
  }
}

function whyUnobserved({ missing, skipped }: TestCounts): string {
  if (missing > 0) return 'only_missing'
  return skipped > 0 ? 'only_skipped' : 'no_results'
}

function named(conclusion: Conclusion, failed: number): Pick<TestVerdict, 'verdict' | 'reason'> {
  if (failed === 0) return { verdict: 'passing', reason: null }
  switch (conclusion) {
    case 'passing':
      return { verdict: 'passing', reason: 'below_max_flake_rate' }
    case 'flaky':
    case 'failing':
      return { verdict: conclusion, reason: null }
    case 'undecided':
      return { verdict: 'inconclusive', reason: 'undecided' }
    case 'no pass seen':
      return { verdict: 'inconclusive', reason: 'no_pass_seen' }
  }
}
