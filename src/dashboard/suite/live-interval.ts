import type { Interval } from '../../contract/verdict.ts'

/** Halvings after which the two ends are neighbours. */
const STEPS = 60

/**
 * The confidence sequence of `alwaysValid` (src/stats), which says where it comes from; without the library of special
 * functions that the command line has: for whole counts the Beta function is a product.
 *
 * @param failures y, 0 ≤ y ≤ n
 * @param runs n ≥ 0
 * @param level 1 − α, in (0, 1)
 */
export function liveInterval(failures: number, runs: number, level: number): Interval {
  const found = (low: number, high: number): Interval => ({ method: 'always-valid', level, low, high })
  if (runs === 0) return found(0, 1)
  const least = logMixture(failures, runs - failures) + Math.log(1 - level)
  if (failures === 0) return found(0, -Math.expm1(least / runs))
  if (failures === runs) return found(Math.exp(least / runs), 1)
  const isCovered = (p: number): boolean => failures * Math.log(p) + (runs - failures) * Math.log1p(-p) > least
  const rate = failures / runs
  return found(edge(isCovered, rate, 0), edge(isCovered, rate, 1))
}

/** ln B(½ + y, ½ + m) / B(½, ½), which is ∏(i + ½)∏(j + ½) / (y + m)!. */
function logMixture(failures: number, passes: number): number {
  let sum = 0
  for (let i = 0; i < failures; i++) sum += Math.log((i + 0.5) / (i + 1))
  for (let j = 0; j < passes; j++) sum += Math.log((j + 0.5) / (failures + j + 1))
  return sum
}

function edge(isCovered: (p: number) => boolean, covered: number, uncovered: number): number {
  let [inside, outside] = [covered, uncovered]
  for (let step = 0; step < STEPS; step++) {
    const middle = (inside + outside) / 2
    if (isCovered(middle)) inside = middle
    else outside = middle
  }
  return outside
}
