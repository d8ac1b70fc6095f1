import type { Interval } from '../../../src/contract/index.ts'
import { alwaysValid } from '../../../src/stats/always-valid.ts'
import { conclude, isDecided } from '../../../src/stats/conclusion.ts'
import { clopperPearson } from '../../../src/stats/interval.ts'
import { decisionAt, sprtOf } from '../../../src/stats/sprt.ts'
import { chanceOfEverMissing, followCounts } from '../../support/failure-counts.ts'
import type { Figure, Scale } from '../figure.ts'
import { type Miss, missesOf, RATES } from './misses.ts'

const MAX_FLAKE_RATE = 0.05
const CAP = 1_000
const STOPPING_RATES = [...RATES, 0.015, 0.022, 0.03, 0.8, 1]

type IntervalOf = (failures: number, runs: number, level: number) => Interval

/** Coverage of what is printed while a suite runs, and after early stopping, summed over all paths. */
export function sequentialIntervals(scale: Scale): Figure[] {
  const lookedAt = scale(10_000)
  const peeked = [0.9, 0.95, 0.99].flatMap((level) =>
    missesOf(
      `always-valid at ${level}, looked at after each of ${lookedAt} runs`,
      level,
      RATES.map((rate) => missLookedAt(rate, lookedAt, level)),
    ),
  )
  const stopped = [0.9, 0.95, 0.99].flatMap((level) =>
    missesOf(
      `always-valid at ${level}, where the verdict stops`,
      level,
      STOPPING_RATES.map((rate) => missWhereStopped(rate, level, alwaysValid)),
    ),
  )
  const contrast = missesOf(
    'for contrast, Clopper–Pearson where the verdict stops',
    0.95,
    STOPPING_RATES.map((rate) => missWhereStopped(rate, 0.95, clopperPearson)),
  )
  return [...peeked, ...stopped, ...contrast.map(({ goal: _, ...figure }) => figure)]
}

const isWithin = (rate: number, { low, high }: Interval) => low <= rate && rate <= high

function missLookedAt(rate: number, runs: number, level: number): Miss {
  const covers = (failures: number, run: number) => isWithin(rate, alwaysValid(failures, run, level))
  return { at: `p = ${rate}`, chance: chanceOfEverMissing(rate, runs, covers) }
}

/**
 * The miss of the one interval that is printed at the end: at the decision of a commit, at the cap otherwise. The
 * counts say all that the path does here, as a single pass never takes a crossed boundary back at these levels.
 */
function missWhereStopped(rate: number, level: number, interval: IntervalOf): Miss {
  const sprt = sprtOf({ maxFlakeRate: MAX_FLAKE_RATE, confidence: level })
  let chance = 0
  followCounts({
    rate,
    runs: CAP,
    endsAt: (failures, runs, of) => {
      const decision = decisionAt(sprt, failures, runs)
      const flakyAt = decision === 'flaky' ? runs : null
      const passingAt = decision === 'passing' ? runs : null
      if (runs < CAP && !isDecided(conclude({ failures, runs, flakyAt, passingAt }, level))) return false
      if (!isWithin(rate, interval(failures, runs, level))) chance += of
      return true
    },
  })
  return { at: `p = ${rate}`, chance }
}
