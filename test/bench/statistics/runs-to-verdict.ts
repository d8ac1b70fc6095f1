import { type Sprt, sprtOf } from '../../../src/stats/sprt.ts'
import { testSprtOf } from '../../../src/stats/test-sprt.ts'
import { fixedRuns, sprtChances } from '../../support/sprt-chances.ts'
import type { Figure } from '../figure.ts'

const USUAL = { maxFlakeRate: 0.05, confidence: 0.95 }
const FLAKE_RATES = [0.01, 0.02, 0.05, 0.1, 0.2]
const CONFIDENCES = [0.9, 0.95, 0.99]
const GOOD_RATES = [0.001, 0.002, 0.005, 0.01]
const BAD_RATES = [0.05, 0.06, 0.08, 0.1, 0.2, 0.3, 0.5, 0.8]
const CAP = 1_000

/** What a fixed number of runs costs against the sequential test, and how often the latter is wrong: exact. */
export function runsToVerdict(): Figure[] {
  const sprt = sprtOf(USUAL)
  const fixed = fixedRuns(sprt)
  return [
    { name: 'runs fixed in advance that part .01 from .05 as surely', unit: 'runs', samples: [fixed] },
    ...[0.01, 0.022, 0.05, 0.1, 0.3].map((rate) => meanRuns(sprt, rate, fixed)),
    meanRunsAtWorst(sprt, fixed),
    undecidedAtCap(sprt),
    ...errors(sprt),
    errorsElsewhere(),
  ]
}

function meanRuns(sprt: Sprt, rate: number, goal: number): Figure {
  return {
    name: `runs to a verdict at a rate of ${rate}`,
    unit: 'runs',
    samples: [sprtChances(sprt, rate).meanRuns],
    goal,
  }
}

function meanRunsAtWorst(sprt: Sprt, goal: number): Figure {
  const rates = Array.from({ length: 50 }, (_, index) => (index + 1) / 1_000)
  const means = rates.map((rate) => sprtChances(sprt, rate).meanRuns)
  const worst = Math.max(...means)
  return { name: `runs to a verdict at worst, at ${rates[means.indexOf(worst)]}`, unit: 'runs', samples: [worst], goal }
}

function undecidedAtCap(sprt: Sprt): Figure {
  const { flaky, passing } = sprtChances(sprt, 0.023, CAP)
  return { name: `inconclusive at a cap of ${CAP} runs, at 0.023`, unit: '%', samples: [100 * (1 - flaky - passing)] }
}

function errors(sprt: Sprt): Figure[] {
  const falseFlaky = GOOD_RATES.map((rate) => 100 * sprtChances(sprt, rate).flaky)
  const falsePassing = BAD_RATES.map((rate) => 100 * sprtChances(sprt, rate).passing)
  return [
    { name: 'flaky, wrongly, at worst of rates up to .01', unit: '%', samples: [Math.max(...falseFlaky)], goal: 5 },
    { name: 'passing, wrongly, at worst of rates from .05', unit: '%', samples: [Math.max(...falsePassing)], goal: 5 },
  ]
}

/** The larger error for each limit and confidence that may be asked for; Wald's boundaries keep the promise nearly. */
function errorsElsewhere(): Figure {
  const samples = FLAKE_RATES.flatMap((maxFlakeRate) =>
    CONFIDENCES.map((confidence) => {
      const sprt = sprtOf({ maxFlakeRate, confidence })
      const larger = Math.max(sprtChances(sprt, sprt.p0).flaky, sprtChances(sprt, sprt.p1).passing)
      return 100 * (larger - (1 - confidence))
    }),
  )
  const name = 'errors beyond those promised, in points, at worst of other limits and confidences'
  return { name, unit: '%', samples: [Math.max(...samples)], goal: 1 }
}

/** What it costs not to accuse any of many tests wrongly. */
export function manyTests(): Figure[] {
  return [1, 10, 100, 1_000].flatMap((tests): Figure[] => {
    const sprt = testSprtOf({ ...USUAL, tests })
    const anyOf = (chance: number) => 100 * (1 - (1 - chance) ** tests)
    const goodOnes = `any of ${tests} good tests is called flaky`
    return [
      { name: `${goodOnes}, ever`, unit: '%', samples: [anyOf(everFlaky(sprt))], goal: 5 },
      { name: `${goodOnes}, α not shared`, unit: '%', samples: [anyOf(everFlaky(testSprtOf({ ...USUAL, tests: 1 })))] },
      {
        name: `runs to prove a rate of .3 among ${tests} tests`,
        unit: 'runs',
        samples: [sprtChances(sprt, 0.3).meanRuns],
      },
      {
        name: `runs to prove a rate of .1 among ${tests} tests`,
        unit: 'runs',
        samples: [sprtChances(sprt, 0.1).meanRuns],
      },
    ]
  })
}

/** The chance that a test at p0 is ever called flaky, also after it was found passing. */
function everFlaky(sprt: Sprt): number {
  const goesOn = { ...sprt, boundaries: { ...sprt.boundaries, passing: Number.NEGATIVE_INFINITY } }
  return sprtChances(goesOn, sprt.p0, 3_000).flaky
}
