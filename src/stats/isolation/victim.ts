import { firstCrossing, type Sprt, sprtOf } from '../sprt.ts'
import type { TestOutcome } from '../test-verdicts.ts'

/** What tells a test that fails in some company from one that does not. */
export interface VictimRule {
  /** p1: it is to be called failing at this rate and above, passing at p1/5 and below. */
  rate: number
  /** 1 − α = 1 − β of the sequential test. */
  confidence: number
  /** Runs with a result that are made in any case, for the sake of the rate: twice as many where they do not agree. */
  least: number
}

export type VictimAnswer = 'fails' | 'passes' | 'undecided'

export interface VictimEvidence {
  /** Runs in which it passed or failed. */
  runs: number
  failures: number
  /** Null as long as more runs are to be made. */
  answer: VictimAnswer | null
  /** How many: enough for an answer should it pass in all of them. */
  next: number
}

/** So many times the runs of a straight pass without an answer, and the rate lies between the two that were asked about. */
const PATIENCE = 12
/** Runs asked for at once. */
const MOST_AT_ONCE = 50

/**
 * Judges a victim by its runs in one company, by the SPRT of `VictimRule`. Looking after each run is allowed, and so is
 * making more at any time: each boundary is wrongly reached with probability ≤ α however long it is awaited (Wald 1945).
 *
 * @param outcomes in the order in which the runs were asked for, those without a result too
 */
export function judgeVictim(outcomes: readonly TestOutcome[], rule: VictimRule): VictimEvidence {
  const sprt = sprtOf({ maxFlakeRate: rule.rate, confidence: rule.confidence })
  const results = outcomes.filter((outcome) => outcome === 'passed' || outcome === 'failed')
  const failed = results.map((outcome) => outcome === 'failed')
  const failures = failed.filter(Boolean).length
  const counts = { runs: results.length, failures }
  const straight = passesNeeded(sprt, 0, 0)
  if (outcomes.length > 0 && isHopeless(outcomes.length, results.length, straight)) {
    return { ...counts, answer: 'undecided', next: 0 }
  }
  const { decision } = firstCrossing(sprt, failed)
  const least = failures > 0 && failures < results.length ? 2 * rule.least : rule.least
  const lacking = Math.max(0, least - results.length)
  if (decision !== 'continue' && lacking === 0) {
    return { ...counts, answer: decision === 'flaky' ? 'fails' : 'passes', next: 0 }
  }
  const missing = decision === 'continue' ? passesNeeded(sprt, failures, results.length) : 0
  return { ...counts, answer: null, next: Math.min(MOST_AT_ONCE, Math.max(lacking, missing)) }
}

/** A test that gives no result at all will not give one later; and patience has an end. */
const isHopeless = (asked: number, results: number, straight: number): boolean =>
  asked >= PATIENCE * straight || (results === 0 && asked >= Math.min(straight, 5))

/** Passes in a row that reach the lower boundary from y failures in n runs. */
function passesNeeded({ p0, p1, boundaries }: Sprt, failures: number, runs: number): number {
  const ofPass = Math.log1p(-p1) - Math.log1p(-p0)
  const evidence = failures * Math.log(p1 / p0) + (runs - failures) * ofPass
  return Math.max(1, Math.ceil((boundaries.passing - evidence) / ofPass))
}
