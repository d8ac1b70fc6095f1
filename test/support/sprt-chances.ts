import { decisionAt, type Sprt } from '../../src/stats/sprt.ts'
import { binomial, followCounts } from './failure-counts.ts'

export interface SprtChances {
  flaky: number
  passing: number
  /** Runs to the decision on average; paths that reach the cap count with it. */
  meanRuns: number
}

/** How the test ends at a rate, exactly. */
export function sprtChances(sprt: Sprt, rate: number, cap = 10_000): SprtChances {
  const chances = { flaky: 0, passing: 0, meanRuns: 0 }
  const left = followCounts({
    rate,
    runs: cap,
    endsAt: (failures, runs, chance) => {
      const decision = decisionAt(sprt, failures, runs)
      if (decision === 'continue') return false
      chances[decision] += chance
      chances.meanRuns += chance * runs
      return true
    },
  })
  chances.meanRuns += cap * left.reduce((sum, chance) => sum + chance, 0)
  return chances
}

/** The smallest number of runs, fixed in advance, of which some number of failures parts p0 from p1 with the same errors. */
export function fixedRuns({ p0, p1, alpha, beta }: Sprt): number {
  for (let runs = 1; ; runs++) {
    const [atP0, atP1] = [binomial(runs, p0), binomial(runs, p1)]
    let [fewerAtP0, fewerAtP1] = [0, 0]
    for (let limit = 0; limit <= runs; limit++) {
      if (1 - fewerAtP0 <= alpha && fewerAtP1 <= beta) return runs
      fewerAtP0 += atP0[limit] ?? 0
      fewerAtP1 += atP1[limit] ?? 0
    }
  }
}
