import betaln from '@stdlib/math-base-special-betaln'
import type { Counts } from './counts.ts'

/** Below it the difference that gave a probability has lost too many digits, and a series of positive terms is summed. */
const LEAST_EXACT = 1e-3
const SERIES_PRECISION = 1e-13
const LONGEST_SERIES = 1_000_000

/** The Beta posteriors Beta(a, b) of the rate from a commit on and Beta(c, d) of the rate before it, from Beta(½, ½). */
interface Posteriors {
  a: number
  b: number
  c: number
  d: number
}

/** P = P(rate from > rate before) and the step g of its recursions, both divided by exp(logScale). */
interface ScaledOrder extends Posteriors {
  logScale: number
  probability: number
  step: number
}

/**
 * ln P(p_from > p_before) under independent Beta(½ + y, ½ + n − y) posteriors, good to about 8 digits however small.
 *
 * With h(a, b, c, d) = P(Beta(a, b) > Beta(c, d)) and g = B(a + c, b + d) / (B(a, b) B(c, d)):
 * h(a+1) = h + g/a, h(b+1) = h − g/b, h(c+1) = h − g/c, h(d+1) = h + g/d (Cook 2003, "Numerical computation of
 * stochastic inequality probabilities"), from h(a, b, a, b) = ½.
 */
export function logRateRose(before: Counts, from: Counts): number {
  return logOf(orderOf(before, from))
}

/**
 * The same for each outcome of `runs` more runs from the candidate on: index y holds the one with y failures.
 * From outcome to outcome all terms are positive, so that nothing is lost.
 */
export function logRateRoseMoreFrom(before: Counts, from: Counts, runs: number): Float64Array {
  let order = orderOf(before, { failures: from.failures, runs: from.runs + runs })
  const logs = new Float64Array(runs + 1)
  for (let failures = 0; ; failures++) {
    logs[failures] = logOf(order)
    if (failures === runs) return logs
    order = failureForPassFrom(order)
  }
}

/** The same for each outcome of `runs` more runs before the candidate. */
export function logRateRoseMoreBefore(before: Counts, from: Counts, runs: number): Float64Array {
  let order = orderOf({ failures: before.failures + runs, runs: before.runs + runs }, from)
  const logs = new Float64Array(runs + 1)
  for (let failures = runs; ; failures--) {
    logs[failures] = logOf(order)
    if (failures === 0) return logs
    order = passForFailureBefore(order)
  }
}

const logOf = ({ logScale, probability }: ScaledOrder): number => logScale + Math.log(probability)

/** a + 1, b − 1: h gains g/a, then g/(b − 1) with the g that follows. */
function failureForPassFrom({ a, b, c, d, logScale, probability, step }: ScaledOrder): ScaledOrder {
  const next = (step * (a + c) * (b - 1)) / ((b + d - 1) * a)
  return {
    ...{ a: a + 1, b: b - 1, c, d, logScale, step: next },
    probability: probability + step / a + next / (b - 1),
  }
}

/** c − 1, d + 1: h gains g/d, then g/(c − 1) with the g that follows. */
function passForFailureBefore({ a, b, c, d, logScale, probability, step }: ScaledOrder): ScaledOrder {
  const next = (step * (b + d) * (c - 1)) / ((a + c - 1) * d)
  return { a, b, c: c - 1, d: d + 1, logScale, step: next, probability: probability + step / d + next / (c - 1) }
}

function orderOf(before: Counts, from: Counts): ScaledOrder {
  const posteriors = {
    a: 0.5 + from.failures,
    b: 0.5 + from.runs - from.failures,
    c: 0.5 + before.failures,
    d: 0.5 + before.runs - before.failures,
  }
  const logStep = logStepOf(posteriors)
  const probability = byRecursion(posteriors)
  if (probability >= LEAST_EXACT) return { ...posteriors, logScale: 0, probability, step: Math.exp(logStep) }
  return { ...posteriors, logScale: logStep, probability: bySeries(posteriors), step: 1 }
}

const logStepOf = ({ a, b, c, d }: Posteriors): number => betaln(a + c, b + d) - betaln(a, b) - betaln(c, d)

/**
 * The recursion from h(a, b, a, b) = ½ on: the rate before is led from the posterior of the other rate to its own, its
 * failures and its passes at the same pace. Each value on the way is a probability, so that errors stay near 1e-13 in
 * absolute terms.
 */
function byRecursion({ a, b, c, d }: Posteriors): number {
  let [failures, passes] = [a, b]
  let probability = 0.5
  let step = Math.exp(logStepOf({ a, b, c: a, d: b }))
  while (failures !== c || passes !== d) {
    const all = a + b + failures + passes
    const failuresLag = Math.abs(c - failures) * Math.abs(d - b) >= Math.abs(d - passes) * Math.abs(c - a)
    if (failures < c && failuresLag) {
      probability -= step / failures
      step *= ((a + failures) * (failures + passes)) / (all * failures)
      failures++
    } else if (failures > c && failuresLag) {
      failures--
      step *= ((all - 1) * failures) / ((a + failures) * (failures + passes))
      probability += step / failures
    } else if (passes < d) {
      probability += step / passes
      step *= ((b + passes) * (failures + passes)) / (all * passes)
      passes++
    } else {
      passes--
      step *= ((all - 1) * passes) / ((b + passes) * (failures + passes))
      probability -= step / passes
    }
  }
  return probability
}

/**
 * h / g(a, b, c, d) where h is small: what h loses as passes from the candidate on and failures before it are added
 * without end, until nothing of it is left. All terms are positive.
 */
function bySeries({ a, b, c, d }: Posteriors): number {
  let sum = 0
  let step = 1
  let passes = b
  let failures = c
  for (let term = 0; term < LONGEST_SERIES; term++) {
    const all = a + passes + failures + d
    const lost = step / Math.min(passes, failures)
    sum += lost
    if (lost < SERIES_PRECISION * sum) break
    if (passes < failures) {
      step *= ((passes + d) * (a + passes)) / (all * passes)
      passes++
    } else {
      step *= ((a + failures) * (failures + d)) / (all * failures)
      failures++
    }
  }
  return sum
}
