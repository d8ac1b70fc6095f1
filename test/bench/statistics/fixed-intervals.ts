import { clopperPearson, zeroFailureUpperBound } from '../../../src/stats/interval.ts'
import { binomial, chanceOfEverMissing } from '../../support/failure-counts.ts'
import type { Figure, Scale } from '../figure.ts'
import { type Miss, missesOf, RATES } from './misses.ts'

const RUNS = [1, 2, 3, 5, 10, 20, 50, 59, 100, 200, 299, 500, 1_000]
const LEVEL = 0.95

/** Coverage of what is printed where the number of runs was fixed in advance, summed over all numbers of failures. */
export function fixedIntervals(scale: Scale): Figure[] {
  const cells = RUNS.flatMap((runs) => RATES.map((rate) => ({ runs, rate })))
  const lookedAt = scale(1_000)
  return [
    ...missesOf('Clopper–Pearson, runs fixed in advance', LEVEL, cells.map(clopperPearsonMiss)),
    ...missesOf('upper bound without a failure, runs fixed in advance', LEVEL, cells.map(upperBoundMiss)),
    ...missesOf(
      `upper bound, looked at after each of ${lookedAt} runs`,
      LEVEL,
      RATES.map((rate) => upperBoundMissInSequence(rate, lookedAt)),
    ),
  ]
}

function clopperPearsonMiss({ runs, rate }: { runs: number; rate: number }): Miss {
  const chance = binomial(runs, rate).reduce((sum, of, failures) => {
    const { low, high } = clopperPearson(failures, runs, LEVEL)
    return low <= rate && rate <= high ? sum : sum + of
  }, 0)
  return { at: `n = ${runs}, p = ${rate}`, chance }
}

/** The bound is only read where no run failed. */
function upperBoundMiss({ runs, rate }: { runs: number; rate: number }): Miss {
  const isWrong = zeroFailureUpperBound(runs, LEVEL).value < rate
  return { at: `n = ${runs}, p = ${rate}`, chance: isWrong ? (1 - rate) ** runs : 0 }
}

function upperBoundMissInSequence(rate: number, runs: number): Miss {
  const covers = (failures: number, run: number) => failures > 0 || zeroFailureUpperBound(run, LEVEL).value >= rate
  return { at: `p = ${rate}`, chance: chanceOfEverMissing(rate, runs, covers) }
}
