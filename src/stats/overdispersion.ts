import betaQuantile from '@stdlib/stats-base-dists-beta-quantile'
import type { Interval } from '../contract/index.ts'
import { assertCounts, assertLevel } from './counts.ts'
import { equalRatesPValue, type MachineRuns } from './equal-rates.ts'
import { betweenBetaQuantiles, DEFAULT_LEVEL } from './interval.ts'

export interface Independence {
  /** Machines with at least one run that gave a result. */
  machines: number
  runs: number
  /** Why the runs cannot say whether machines matter; null where they can. */
  untestable: 'one_machine' | 'one_run_per_machine' | 'no_failure' | 'no_pass' | null
  /** Correlation of two runs of one machine, 0 … 1; null where untestable. */
  rho: number | null
  /** Of “all machines have one failure rate”; null where untestable. */
  pValue: number | null
  /** Runs on machines of their own that would tell as much; all runs unless `clustered`. */
  effectiveRuns: number
  /** Whether the machines differ at the level: `interval` is then wider than that of independent runs. */
  clustered: boolean
  interval: Interval
}

/**
 * Whether runs that shared machines may be read as independent, and an interval for the failure rate over machines
 * like these, for a number of runs fixed in advance: Clopper–Pearson of all runs, or of the effective ones where the
 * machines differ. Untestable runs have the former, which then rests on independence. Throws a RangeError without runs.
 *
 * @param perMachine each machine once
 * @param level 1 − α of the interval and of the test
 */
export function independence(perMachine: readonly MachineRuns[], level: number = DEFAULT_LEVEL): Independence {
  assertLevel(level)
  for (const { failures, runs } of perMachine) assertCounts(failures, runs, 0)
  const used = perMachine.filter(({ runs }) => runs > 0)
  const { failures, runs } = total(used)
  assertCounts(failures, runs)
  const untestable = whyUntestable(used)
  const rho = untestable === null ? intraMachineCorrelation(used) : null
  const pValue = untestable === null ? equalRatesPValue(used) : null
  const clustered = rho !== null && pValue !== null && pValue <= 1 - level
  const effectiveRuns = clustered ? runs / (1 + (weightedRunsPerMachine(used) - 1) * rho) : runs
  const counted = clustered ? Math.min(runs, effectiveRuns * fewMachines(runs, used.length, level)) : runs
  const interval = betweenBetaQuantiles((failures / runs) * counted, counted, level)
  return { machines: used.length, runs, untestable, rho, pValue, effectiveRuns, clustered, interval }
}

function whyUntestable(machines: readonly MachineRuns[]): Independence['untestable'] {
  const { failures, runs } = total(machines)
  if (machines.length === 1) return 'one_machine'
  if (runs === machines.length) return 'one_run_per_machine'
  if (failures === 0) return 'no_failure'
  return failures === runs ? 'no_pass' : null
}

function total(machines: readonly MachineRuns[]): { failures: number; runs: number } {
  return machines.reduce((sum, { failures, runs }) => ({ failures: sum.failures + failures, runs: sum.runs + runs }), {
    failures: 0,
    runs: 0,
  })
}

/** k, weighted by the runs themselves: Σ nᵢ² / n (Kish 1965). */
function weightedRunsPerMachine(machines: readonly MachineRuns[]): number {
  return machines.reduce((sum, { runs }) => sum + runs ** 2, 0) / total(machines).runs
}

/** ρ by the analysis of variance, (MSB − MSW) / (MSB + (n₀−1) MSW), below 0 taken as 0 (Ridout, Demétrio & Firth 1999). */
function intraMachineCorrelation(machines: readonly MachineRuns[]): number {
  const { failures, runs } = total(machines)
  const between = machines.reduce((sum, { failures: y, runs: n }) => sum + n * (y / n - failures / runs) ** 2, 0)
  const within = machines.reduce((sum, { failures: y, runs: n }) => sum + y * (1 - y / n), 0)
  const meanBetween = between / (machines.length - 1)
  const meanWithin = within / (runs - machines.length)
  const typicalRuns = (runs - weightedRunsPerMachine(machines)) / (machines.length - 1)
  return Math.max(0, (meanBetween - meanWithin) / (meanBetween + (typicalRuns - 1) * meanWithin))
}

/** What is left of the effective runs as ρ is known from a few machines only: (t(n−1) / t(machines−1))² (Korn & Graubard 1998). */
function fewMachines(runs: number, machines: number, level: number): number {
  return squaredStudentQuantile(level, runs - 1) / squaredStudentQuantile(level, machines - 1)
}

/** The square of the two-sided Student quantile: t² / (ν + t²) follows Beta(½, ν/2). */
function squaredStudentQuantile(level: number, degreesOfFreedom: number): number {
  const share = betaQuantile(level, 0.5, degreesOfFreedom / 2)
  return (degreesOfFreedom * share) / (1 - share)
}
