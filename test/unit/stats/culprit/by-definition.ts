import type { Batch } from '../../../../src/stats/culprit/batch.ts'
import type { CommitRange } from '../../../../src/stats/culprit/commit-range.ts'
import { NO_RUNS, type Observation, plus } from '../../../../src/stats/culprit/counts.ts'
import { logLikelihood } from '../../../../src/stats/culprit/likelihood.ts'
import { logMarginal } from '../../../../src/stats/culprit/marginal.ts'
import { entropyOf, posterior } from '../../../../src/stats/culprit/posterior.ts'

/** P(all runs) under the prior, candidate by candidate. */
function chanceOf(range: CommitRange, observations: Observation[]): number {
  const total = (side: boolean | null, candidate: number) =>
    observations
      .filter(({ position }) => side === null || range.contains(position, candidate) === side)
      .reduce((sum, counts) => plus(sum, counts), NO_RUNS)
  let chance = (range.size === 1 ? 1 : 0.5) * Math.exp(logMarginal(total(null, 0)))
  for (let candidate = 1; candidate < range.size; candidate++) {
    chance += (0.5 / (range.size - 1)) * Math.exp(logLikelihood(total(false, candidate), total(true, candidate)))
  }
  return chance
}

const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k)

/** Each outcome of a batch, and in how many orders it may come about. */
function outcomesOf(batch: Batch): { observations: Observation[]; orders: number }[] {
  const [first, ...rest] = batch
  if (first === undefined) return [{ observations: [], orders: 1 }]
  const { position, runs } = first
  return outcomesOf(rest).flatMap(({ observations, orders }) =>
    Array.from({ length: runs + 1 }, (_, failures) => ({
      observations: [...observations, { position, failures, runs }],
      orders: orders * choose(runs, failures),
    })),
  )
}

/** The expected entropy after a batch: goes through all outcomes and computes the posterior of each. */
export function expectedEntropyByDefinition(range: CommitRange, observations: Observation[], batch: Batch): number {
  let [sum, entropy] = [0, 0]
  for (const outcome of outcomesOf(batch)) {
    const after = [...observations, ...outcome.observations]
    const chance = outcome.orders * chanceOf(range, after)
    sum += chance
    entropy += chance * entropyOf(posterior(range, { observations: after }))
  }
  return entropy / sum
}
