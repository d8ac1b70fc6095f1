const DEFAULT_PRIOR_NONE = 0.5

export interface Prior {
  /** The probability that no commit of the range raised the rate; the rest is spread evenly over the candidates. */
  priorNone?: number
}

/**
 * ln of the prior probability of "none" and of each candidate.
 *
 * @param size of the range, whose position 0 is no candidate
 */
export function logPriors(size: number, { priorNone = DEFAULT_PRIOR_NONE }: Prior): { none: number; each: number } {
  if (!(priorNone >= 0 && priorNone < 1))
    throw new RangeError(`priorNone must be at least 0 and below 1, not ${priorNone}`)
  const candidates = size - 1
  if (candidates < 1) return { none: 0, each: Number.NEGATIVE_INFINITY }
  return { none: Math.log(priorNone), each: Math.log((1 - priorNone) / candidates) }
}
