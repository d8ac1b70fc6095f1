/** Wald's sequential probability ratio test of a failure rate: p ≤ p0 against p ≥ p1. */
export interface Sprt {
  p0: number
  p1: number
  /** At most so likely is `flaky` at a rate of p0 or less. */
  alpha: number
  /** At most so likely is `passing` at a rate of p1 or more. */
  beta: number
  /** What the logarithm of the likelihood ratio has to reach, from below and from above. */
  boundaries: { flaky: number; passing: number }
}

export interface SprtOptions {
  /** p1: the largest flake rate to live with, in (0, 1). */
  maxFlakeRate: number
  /** 1 − α = 1 − β, in (0.5, 1). */
  confidence: number
}

/** How much smaller than the largest flake rate the rate is at which a commit must not be called flaky. */
const INDIFFERENCE = 5

/**
 * The test behind `--until verdict`: p0 = p1/5, α = β = 1 − confidence, flaky at ln((1−β)/α), passing at ln(β/(1−α))
 * (Wald 1945). Errors are promised outside (p0, p1) only. Throws a RangeError where an option makes no sense.
 */
export function sprtOf({ maxFlakeRate, confidence }: SprtOptions): Sprt {
  assertOptions(maxFlakeRate, confidence)
  const alpha = 1 - confidence
  const beta = alpha
  const boundaries = { flaky: Math.log((1 - beta) / alpha), passing: Math.log(beta / (1 - alpha)) }
  return { p0: maxFlakeRate / INDIFFERENCE, p1: maxFlakeRate, alpha, beta, boundaries }
}

/** Λ = y ln(p1/p0) + (n−y) ln((1−p1)/(1−p0)) after y failures in n runs. */
export function logLikelihoodRatio({ p0, p1 }: Sprt, failures: number, runs: number): number {
  return failures * Math.log(p1 / p0) + (runs - failures) * (Math.log1p(-p1) - Math.log1p(-p0))
}

export type SprtDecision = 'flaky' | 'passing' | 'continue'

/** The boundary, if any, at or beyond which y failures in n runs lie. */
export function decisionAt(sprt: Sprt, failures: number, runs: number): SprtDecision {
  const evidence = logLikelihoodRatio(sprt, failures, runs)
  if (evidence >= sprt.boundaries.flaky) return 'flaky'
  return evidence <= sprt.boundaries.passing ? 'passing' : 'continue'
}

/** A sequence of runs as the test saw it. */
export interface SprtPath {
  runs: number
  failures: number
  /** The number of runs at which each boundary was first reached, or null. */
  flakyAt: number | null
  passingAt: number | null
}

/**
 * Follows the test through all outcomes, also beyond its decision: runs are made beyond it where a suite is extended,
 * or where other tests of the commit are not decided yet.
 *
 * @param failed of each run with a result whether it failed, in attempt order
 */
export function followSprt(sprt: Sprt, failed: Iterable<boolean>): SprtPath {
  const path = pathBefore()
  for (const runFailed of failed) stepSprt(sprt, path, runFailed)
  return path
}

/** The path of no run. */
export const pathBefore = (): SprtPath => ({ runs: 0, failures: 0, flakyAt: null, passingAt: null })

/** Takes one more run with a result into a path. */
export function stepSprt(sprt: Sprt, path: SprtPath, failed: boolean): void {
  path.runs++
  if (failed) path.failures++
  const decision = decisionAt(sprt, path.failures, path.runs)
  if (decision === 'flaky') path.flakyAt ??= path.runs
  if (decision === 'passing') path.passingAt ??= path.runs
}

/**
 * Which boundary was reached first, and after how many runs; `continue` with the number of all runs where none was.
 *
 * @param failed of each run with a result whether it failed, in attempt order
 */
export function firstCrossing(sprt: Sprt, failed: Iterable<boolean>): { decision: SprtDecision; at: number } {
  const { runs, flakyAt, passingAt } = followSprt(sprt, failed)
  if (flakyAt !== null && (passingAt === null || flakyAt < passingAt)) return { decision: 'flaky', at: flakyAt }
  return passingAt === null ? { decision: 'continue', at: runs } : { decision: 'passing', at: passingAt }
}

function assertOptions(maxFlakeRate: number, confidence: number): void {
  if (!(maxFlakeRate > 0 && maxFlakeRate < 1)) {
    throw new RangeError(`the largest flake rate must lie between 0 and 1, not at ${maxFlakeRate}`)
  }
  if (!(confidence > 0.5 && confidence < 1)) {
    throw new RangeError(`the confidence must lie between 0.5 and 1, not at ${confidence}`)
  }
}
