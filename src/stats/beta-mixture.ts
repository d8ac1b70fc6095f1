import betaln from '@stdlib/math-base-special-betaln'

const LN_PI = Math.log(Math.PI)

/**
 * ln m(y, n), m(y, n) = B(½+y, ½+n−y) / B(½, ½): how likely one order of y failures in n runs is when the rate is
 * drawn from the arcsine distribution Beta(½, ½). B(½, ½) = π.
 */
export function logBetaMixture(failures: number, runs: number): number {
  return betaln(0.5 + failures, 0.5 + runs - failures) - LN_PI
}
