import chisquareCdf from '@stdlib/stats-base-dists-chisquare-cdf'
import { seededRandom } from './seeded-random.ts'

/** Runs of one machine that gave a result: y of n failed. */
export interface MachineRuns {
  node: string
  failures: number
  runs: number
}

/** Cochran's rule: from here on Pearson's statistic follows its chi-square distribution well enough. */
const LEAST_EXPECTED = 5
const PERMUTATIONS = 1_999
/** Any: it makes the p-value of the same runs the same each time. */
const PERMUTATION_SEED = 20_240_601

/**
 * P-value of "all machines have one failure rate" by Pearson's statistic Σ (yᵢ − nᵢp̂)² / (nᵢ p̂(1−p̂)).
 *
 * Where some machine has fewer than 5 failures or passes to expect, which is the usual case, by permutation: the
 * failures are dealt out anew over all runs, and the p-value is (1 + times as extreme) / (1 + permutations)
 * (Phipson & Smyth 2010). Given the number of failures this is exact with two machines as with a hundred, and
 * needs no large numbers, unlike Tarone's Z and the chi-square distribution. Otherwise by the latter, k − 1 degrees
 * of freedom.
 *
 * @param machines two or more, each with runs; some, but not all, of the runs failed
 */
export function equalRatesPValue(machines: readonly MachineRuns[]): number {
  const runs = machines.reduce((sum, machine) => sum + machine.runs, 0)
  const failures = machines.reduce((sum, machine) => sum + machine.failures, 0)
  // Passes and failures play the same part in the statistic; dealing out the rarer kind is less work.
  const failuresAreRare = 2 * failures <= runs
  const sizes = machines.map((machine) => machine.runs)
  const rare = machines.map((machine) => (failuresAreRare ? machine.failures : machine.runs - machine.failures))
  const rate = Math.min(failures, runs - failures) / runs
  const statistic = pearson(rare, sizes, rate)
  if (Math.min(...sizes) * rate >= LEAST_EXPECTED) return 1 - chisquareCdf(statistic, machines.length - 1)
  return permutationPValue(statistic, sizes, rate)
}

function pearson(counts: ArrayLike<number>, sizes: readonly number[], rate: number): number {
  const squares = sizes.reduce((sum, size, machine) => sum + ((counts[machine] ?? 0) - size * rate) ** 2 / size, 0)
  return squares / (rate * (1 - rate))
}

function permutationPValue(observed: number, sizes: readonly number[], rate: number): number {
  const random = seededRandom(PERMUTATION_SEED)
  const machineOf = Int32Array.from(sizes.flatMap((size, machine) => Array<number>(size).fill(machine)))
  const rare = Math.round(rate * machineOf.length)
  let asExtreme = 1
  for (let permutation = 0; permutation < PERMUTATIONS; permutation++) {
    const counts = deal(machineOf, rare, sizes.length, random)
    // Sums in another order may differ in their last digits.
    if (pearson(counts, sizes, rate) >= observed * (1 - 1e-9)) asExtreme++
  }
  return asExtreme / (1 + PERMUTATIONS)
}

/** Counts, by machine, of `drawn` runs drawn without replacement: as much of a Fisher–Yates shuffle as it takes. */
function deal(machineOf: Int32Array, drawn: number, machines: number, random: () => number): Int32Array {
  const counts = new Int32Array(machines)
  for (let place = 0; place < drawn; place++) {
    const chosen = place + Math.floor(random() * (machineOf.length - place))
    const machine = machineOf[chosen] ?? 0
    machineOf[chosen] = machineOf[place] ?? 0
    machineOf[place] = machine
    counts[machine] = (counts[machine] ?? 0) + 1
  }
  return counts
}
