import betaln from '@stdlib/math-base-special-betaln'
import { ancestorSums } from './ancestor-sums.ts'
import type { CandidateClass, CandidateClasses } from './candidate-classes.ts'
import type { CommitRange } from './commit-range.ts'
import { logLikelihoodsMoreBefore, logLikelihoodsMoreFrom } from './likelihood.ts'
import { logMarginal } from './marginal.ts'
import { logPriors, type Prior } from './prior.ts'

/** A candidate less probable than the likeliest answer by this factor, e⁻⁴⁰, adds nothing that can be seen. */
const NEGLIGIBLE = 40

/** What runs would tell. */
export interface Outlook {
  /** How many, all at one commit. */
  runs: number
  /** The expected entropy of the posterior after them, in nats, by the commit's position. */
  expected: Float64Array
}

/**
 * The expected entropy (in nats) of the posterior after `runs` more runs at a commit, by position.
 *
 * With y failures among them each hypothesis weighs w(y) = π L(y) C(runs, y), Z(y) = Σ w(y), and the entropy is
 * ln Z(y) − Σ w(y) ln w(y) / Z(y). The weights of a candidate are one of two columns of numbers, by whether the commit
 * contains it, so that the sums over candidates are sums along the history.
 */
export function outlookOf(range: CommitRange, sorted: CandidateClasses, prior: Prior, runs: number): Outlook {
  const { outside, moved } = weigh(range, sorted, prior, runs)
  const columns = outside.length
  const sums = ancestorSums(range, columns, (position) => moved[sorted.classOf[position] ?? -1])
  const entropyAt = (_: unknown, position: number) => entropyOf(outside, sums, position * columns)
  return { runs, expected: Float64Array.from({ length: range.size }, entropyAt) }
}

/** Sums over hypotheses, for each number of failures y: of the weights w at 2y, of w ln w at 2y + 1. */
interface Weighed {
  /** Where the commit contains no candidate. */
  outside: Float64Array
  /** Per class: what that changes by for each of its candidates which the commit contains; undefined if negligible. */
  moved: (Float64Array | undefined)[]
}

function weigh(range: CommitRange, { classes, all }: CandidateClasses, prior: Prior, runs: number): Weighed {
  const logPrior = logPriors(range.size, prior)
  const logWeights = classes.map((each) => logPrior.each + each.logLikelihood)
  const top = Math.max(logPrior.none + logMarginal(all), ...logWeights)
  const logChoices = Float64Array.from({ length: runs + 1 }, (_, failures) => logChoose(runs, failures))
  const outside = columnOf(noneLikelihoods(all, runs), logChoices, logPrior.none - top)
  const moved = classes.map((each, index) => {
    if (each.size === 0 || (logWeights[index] ?? 0) < top - NEGLIGIBLE) return undefined
    return moveOf(each, runs, logChoices, logPrior.each - top, outside)
  })
  return { outside, moved }
}

/** Adds the class to `outside`, and answers what each of its candidates changes where it is inside. */
function moveOf(
  { size, before, from }: CandidateClass,
  runs: number,
  logChoices: Float64Array,
  shift: number,
  outside: Float64Array,
): Float64Array {
  const withoutIt = columnOf(logLikelihoodsMoreBefore(before, from, runs), logChoices, shift)
  const withIt = columnOf(logLikelihoodsMoreFrom(before, from, runs), logChoices, shift)
  for (const [at, value] of withoutIt.entries()) outside[at] = (outside[at] ?? 0) + size * value
  return withIt.map((value, at) => value - (withoutIt[at] ?? 0))
}

function columnOf(logLikelihoods: Float64Array, logChoices: Float64Array, shift: number): Float64Array {
  const column = new Float64Array(2 * logLikelihoods.length)
  for (const [failures, logLikelihood] of logLikelihoods.entries()) {
    const logWeight = logLikelihood + (logChoices[failures] ?? 0) + shift
    const weight = Math.exp(logWeight)
    column[2 * failures] = weight
    column[2 * failures + 1] = weight === 0 ? 0 : weight * logWeight
  }
  return column
}

function noneLikelihoods(all: { failures: number; runs: number }, runs: number): Float64Array {
  return Float64Array.from({ length: runs + 1 }, (_, failures) => {
    return logMarginal({ failures: all.failures + failures, runs: all.runs + runs })
  })
}

/** Σ_y P(y) H(y), P(y) = Z(y) / Σ Z. */
function entropyOf(outside: Float64Array, moved: Float64Array, start: number): number {
  let entropy = 0
  let total = 0
  for (let at = 0; at < outside.length; at += 2) {
    const weight = (outside[at] ?? 0) + (moved[start + at] ?? 0)
    if (!(weight > 0)) continue
    entropy += weight * Math.log(weight) - (outside[at + 1] ?? 0) - (moved[start + at + 1] ?? 0)
    total += weight
  }
  return entropy / total
}

/** ln C(n, k) */
function logChoose(n: number, k: number): number {
  return -Math.log(n + 1) - betaln(n - k + 1, k + 1)
}
