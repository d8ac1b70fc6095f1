import type { Interval } from '../../../src/contract/index.ts'
import type { MachineRuns } from '../../../src/stats/equal-rates.ts'
import { clopperPearson } from '../../../src/stats/interval.ts'
import { independence } from '../../../src/stats/overdispersion.ts'
import { drawMachines, type MachinePopulation, overallRate, TENTH_BAD } from '../../support/machines.ts'
import { seededRandom } from '../../support/random.ts'
import type { Figure, Scale } from '../figure.ts'

const SEED = 20_240_602
const SUITES = 4_000
/** In %: 5 and one point more. */
const GOAL = 6

const MANY_MACHINES: MachinePopulation = { machines: 50, runsPerMachine: 20, goodRate: 0.05, badRate: 0.3, bad: 0.2 }
const ONE_RUN_EACH: MachinePopulation = { ...TENTH_BAD, machines: 100, runsPerMachine: 1 }
const ALIKE: MachinePopulation[] = [
  { machines: 2, runsPerMachine: 50, goodRate: 0.1, badRate: 0.1, bad: 0 },
  { machines: 3, runsPerMachine: 30, goodRate: 0.3, badRate: 0.3, bad: 0 },
  { machines: 10, runsPerMachine: 10, goodRate: 0.1, badRate: 0.1, bad: 0 },
  { machines: 10, runsPerMachine: 100, goodRate: 0.02, badRate: 0.02, bad: 0 },
]

/** Coverage where runs share machines, simulated. */
export function clusteredIntervals(scale: Scale): Figure[] {
  const suites = scale(SUITES)
  const tenthBad = simulate(TENTH_BAD, suites)
  const withFailures = tenthBad.filter(({ failures }) => failures > 0)
  const many = simulate(MANY_MACHINES, suites)
  const oneEach = simulate(ONE_RUN_EACH, suites)
  const name = '10 runs on each of 10 machines, a tenth of them bad:'
  return [
    percentage(`${name} plain interval misses`, tenthBad, ({ plainMisses }) => plainMisses),
    percentage(`${name} widened interval misses`, tenthBad, ({ misses }) => misses),
    percentage(`${name} no failure is seen, so nothing can be told`, tenthBad, ({ failures }) => failures === 0),
    percentage(`${name} widened interval misses where one is seen`, withFailures, ({ misses }) => misses, GOAL),
    percentage('the same 100 runs on 100 machines: interval misses', oneEach, ({ misses }) => misses, GOAL),
    percentage(
      '20 runs on each of 50 machines, a fifth bad: plain interval misses',
      many,
      (suite) => suite.plainMisses,
    ),
    percentage(
      '20 runs on each of 50 machines, a fifth bad: widened interval misses',
      many,
      (suite) => suite.misses,
      GOAL,
    ),
    ...ALIKE.flatMap((population) => alike(population, suites)),
  ]
}

function alike(population: MachinePopulation, count: number): Figure[] {
  const suites = simulate(population, count)
  const { machines, runsPerMachine } = population
  const name = `${runsPerMachine} runs on each of ${machines} machines, all alike:`
  return [
    percentage(`${name} interval misses`, suites, ({ misses }) => misses, GOAL),
    percentage(`${name} taken for clustered`, suites, ({ clustered }) => clustered, GOAL),
  ]
}

interface Suite {
  failures: number
  plainMisses: boolean
  misses: boolean
  clustered: boolean
}

function simulate(population: MachinePopulation, suites: number): Suite[] {
  const random = seededRandom(SEED)
  const rate = overallRate(population)
  return Array.from({ length: suites }, () => judge(drawMachines(population, random), rate))
}

function judge(machines: MachineRuns[], rate: number): Suite {
  const misses = ({ low, high }: Interval) => rate < low || rate > high
  const failures = machines.reduce((sum, machine) => sum + machine.failures, 0)
  const { runs, interval, clustered } = independence(machines)
  return { failures, plainMisses: misses(clopperPearson(failures, runs)), misses: misses(interval), clustered }
}

function percentage(name: string, suites: Suite[], happens: (suite: Suite) => boolean, goal?: number): Figure {
  const samples = [(100 * suites.filter(happens).length) / suites.length]
  return { name, unit: '%', samples, ...(goal === undefined ? {} : { goal }) }
}
