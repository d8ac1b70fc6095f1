import type { Counts } from './counts.ts'
import { logSum } from './log-sum.ts'
import { logMarginal } from './marginal.ts'
import { logRateRose, logRateRoseMoreBefore, logRateRoseMoreFrom } from './rate-order.ts'

const LN_HALF = Math.log(0.5)

/**
 * ln L_c = ln m(before) + ln [½ m(from) · 2 P(p_from > p_before) + ½ · 1{every run from c on failed}]: a rate that rose,
 * or a hard break. The rates of a rise are drawn from the pairs with p_from > p_before, hence the 2.
 */
export function logLikelihood(before: Counts, from: Counts): number {
  return logMarginal(before) + mixed(logMarginal(from) + logRateRose(before, from), from)
}

const mixed = (logShift: number, from: Counts): number => {
  return from.failures === from.runs ? logSum(logShift, LN_HALF) : logShift
}

/** ln L_c with `runs` more runs at a commit that contains c: index y for y failures among them. */
export function logLikelihoodsMoreFrom(before: Counts, from: Counts, runs: number): Float64Array {
  const rose = logRateRoseMoreFrom(before, from, runs)
  const base = logMarginal(before)
  return rose.map((logRose, failures) => {
    const grown = { failures: from.failures + failures, runs: from.runs + runs }
    return base + mixed(logMarginal(grown) + logRose, grown)
  })
}

/** ln L_c with `runs` more runs at a commit that does not contain c. */
export function logLikelihoodsMoreBefore(before: Counts, from: Counts, runs: number): Float64Array {
  const rose = logRateRoseMoreBefore(before, from, runs)
  const logFrom = logMarginal(from)
  return rose.map((logRose, failures) => {
    const grown = { failures: before.failures + failures, runs: before.runs + runs }
    return logMarginal(grown) + mixed(logFrom + logRose, from)
  })
}
