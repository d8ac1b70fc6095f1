import { type CandidateClasses, classify } from './candidate-classes.ts'
import type { CommitRange } from './commit-range.ts'
import type { SearchEvidence } from './counts.ts'
import { logMarginal } from './marginal.ts'
import { logPriors, type Prior } from './prior.ts'

/** How probable it is that each commit is the culprit, and that none is. They add up to 1. */
export interface Posterior {
  none: number
  /** By position; 0 at position 0, which is no candidate. */
  commits: Float64Array
}

/**
 * The probabilities of the culprit given all runs: π_c · L_c, normalised (likelihood.ts has the model).
 *
 * @throws RangeError for counts, positions or a prior that make no sense
 */
export function posterior(range: CommitRange, evidence: SearchEvidence, prior: Prior = {}): Posterior {
  return posteriorOf(classify(range, evidence), prior)
}

export function posteriorOf({ classes, classOf, all }: CandidateClasses, prior: Prior): Posterior {
  const logPrior = logPriors(classOf.length, prior)
  const logWeights = classes.map((each) => logPrior.each + each.logLikelihood)
  const logNone = logPrior.none + logMarginal(all)
  const top = Math.max(logNone, ...logWeights)
  const weights = logWeights.map((logWeight) => Math.exp(logWeight - top))
  const none = Math.exp(logNone - top)
  const sum = classes.reduce((total, { size }, index) => total + size * (weights[index] ?? 0), none)
  return { none: none / sum, commits: Float64Array.from(classOf, (index) => (weights[index] ?? 0) / sum) }
}

/** In nats. */
export function entropyOf({ none, commits }: Posterior): number {
  return commits.reduce((sum, probability) => sum + surprise(probability), surprise(none))
}

const surprise = (probability: number): number => (probability > 0 ? -probability * Math.log(probability) : 0)
