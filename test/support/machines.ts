import type { MachineRuns } from '../../src/stats/equal-rates.ts'

/** A population of machines some of which are bad, and how a suite's runs are spread over machines drawn from it. */
export interface MachinePopulation {
  machines: number
  runsPerMachine: number
  goodRate: number
  badRate: number
  /** The share of bad machines. */
  bad: number
}

/** 10 runs on each of 10 machines, a tenth of them bad: what the shared page gives 73 % for. */
export const TENTH_BAD: MachinePopulation = { machines: 10, runsPerMachine: 10, goodRate: 0.01, badRate: 0.4, bad: 0.1 }

/** The failure rate over all machines of the population. */
export const overallRate = ({ goodRate, badRate, bad }: MachinePopulation): number =>
  bad * badRate + (1 - bad) * goodRate

/** The runs of one suite, by machine. */
export function drawMachines(population: MachinePopulation, random: () => number): MachineRuns[] {
  const { machines, runsPerMachine, goodRate, badRate, bad } = population
  return Array.from({ length: machines }, (_, machine) => {
    const rate = random() < bad ? badRate : goodRate
    let failures = 0
    for (let run = 0; run < runsPerMachine; run++) if (random() < rate) failures++
    return { node: `machine-${machine}`, failures, runs: runsPerMachine }
  })
}
