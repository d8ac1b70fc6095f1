import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { equalRatesPValue, type MachineRuns } from '../../../src/stats/equal-rates.ts'
import { clopperPearson } from '../../../src/stats/interval.ts'
import { independence } from '../../../src/stats/overdispersion.ts'
import { binomial } from '../../support/failure-counts.ts'
import { drawMachines, type MachinePopulation, overallRate, TENTH_BAD } from '../../support/machines.ts'
import { seededRandom } from '../../support/random.ts'

const machines = (...counts: [failures: number, runs: number][]): MachineRuns[] =>
  counts.map(([failures, runs], index) => ({ node: `n${index}`, failures, runs }))

const suites = (count: number, population: MachinePopulation, seed: number): MachineRuns[][] => {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => drawMachines(population, random))
}

const shareOf = <T>(items: T[], predicate: (item: T) => boolean) => items.filter(predicate).length / items.length

/** The two-sided exact test of a table of two machines: all splits at least as far from the expected one. */
function exactPValue(failures: [number, number], runs: [number, number]): number {
  const [first, second] = [binomial(runs[0], 0.5), binomial(runs[1], 0.5)]
  const total = failures[0] + failures[1]
  const expected = (total * runs[0]) / (runs[0] + runs[1])
  let all = 0
  let extreme = 0
  for (let split = 0; split <= total; split++) {
    const chance = (first[split] ?? 0) * (second[total - split] ?? 0)
    all += chance
    if (Math.abs(split - expected) >= Math.abs(failures[0] - expected) - 1e-9) extreme += chance
  }
  return extreme / all
}

describe('the test for equal rates of machines', () => {
  it('agrees with the exact test of two machines', () => {
    const cases: [[number, number], [number, number]][] = [
      [
        [1, 6],
        [10, 10],
      ],
      [
        [0, 4],
        [20, 20],
      ],
      [
        [3, 0],
        [10, 40],
      ],
      [
        [9, 18],
        [20, 20],
      ],
      [
        [2, 2],
        [15, 15],
      ],
    ]
    for (const [failures, runs] of cases) {
      const pValue = equalRatesPValue(machines([failures[0], runs[0]], [failures[1], runs[1]]))
      expect(Math.abs(pValue - exactPValue(failures, runs))).toBeLessThan(0.03)
    }
  })

  it('follows the chi-square distribution where there are many failures', () => {
    // By hand: (3.33² + 11.67² + 8.33²) · (1/33.3 + 1/66.7) = 9.75, and with two degrees of freedom P = exp(−9.75/2).
    expect(equalRatesPValue(machines([30, 100], [45, 100], [25, 100]))).toBeCloseTo(Math.exp(-9.75 / 2), 3)
  })

  it('gives the same value each time', () => {
    const suite = machines([4, 10], [0, 10], [1, 10])
    expect(equalRatesPValue(suite)).toBe(equalRatesPValue(suite))
  })

  it('finds a difference where there is none in at most 5 % of suites, with few machines and few failures too', () => {
    for (const [count, runsPerMachine, rate] of [
      [2, 10, 0.2],
      [3, 30, 0.05],
      [10, 10, 0.1],
    ] as const) {
      const population = { machines: count, runsPerMachine, goodRate: rate, badRate: rate, bad: 0 }
      const clustered = shareOf(suites(250, population, 5), (suite) => independence(suite).clustered)
      expect(clustered).toBeLessThanOrEqual(0.05 + 0.02)
    }
  })
})

describe('the independence of runs', () => {
  it('is untestable on one machine, with one run each, without a failure and without a pass, and says so', () => {
    const untestable = (...counts: [number, number][]) => independence(machines(...counts))
    expect(untestable([5, 10])).toMatchObject({ untestable: 'one_machine', pValue: null, rho: null, clustered: false })
    expect(untestable([5, 10], [0, 0]).untestable).toBe('one_machine')
    expect(untestable([1, 1], [0, 1]).untestable).toBe('one_run_per_machine')
    expect(untestable([0, 10], [0, 10]).untestable).toBe('no_failure')
    expect(untestable([10, 10], [10, 10]).untestable).toBe('no_pass')
    expect(untestable([5, 10]).interval).toEqual(clopperPearson(5, 10))
  })

  it('is given up where one machine has the failures; the interval then rests on fewer runs', () => {
    const suite = machines([8, 10], ...Array.from({ length: 9 }, (): [number, number] => [0, 10]))
    const { clustered, rho, pValue, effectiveRuns, interval, runs } = independence(suite)
    expect({ clustered, runs }).toEqual({ clustered: true, runs: 100 })
    expect(pValue).toBeLessThan(0.01)
    // By hand: MSB = 5.76 / 9 = 0.64, MSW = 1.6 / 90, so ρ = (0.64 − 0.01778) / (0.64 + 9 · 0.01778).
    expect(rho).toBeCloseTo(0.62222 / 0.8, 4)
    expect(effectiveRuns).toBeCloseTo(100 / (1 + 9 * (0.62222 / 0.8)), 3)
    const plain = clopperPearson(8, 100)
    expect(interval.low).toBeLessThan(plain.low)
    expect(interval.high).toBeGreaterThan(plain.high)
  })

  it('leaves the interval alone where the machines agree', () => {
    const { clustered, rho, effectiveRuns, interval } = independence(machines([2, 10], [3, 10], [2, 10]))
    expect({ clustered, rho }).toEqual({ clustered: false, rho: 0 })
    expect(effectiveRuns).toBe(30)
    expect(interval).toEqual(clopperPearson(7, 30))
  })

  it('never makes an interval narrower, nor leaves the observed rate out', () => {
    const anyMachine = fc
      .integer({ min: 1, max: 60 })
      .chain((runs) => fc.integer({ min: 0, max: runs }).map((failures): [number, number] => [failures, runs]))
    fc.assert(
      fc.property(fc.array(anyMachine, { minLength: 1, maxLength: 12 }), (counts) => {
        const { interval, runs, effectiveRuns, rho } = independence(machines(...counts))
        const failures = counts.reduce((sum, [y]) => sum + y, 0)
        const plain = clopperPearson(failures, runs)
        expect(interval.low).toBeLessThanOrEqual(plain.low + 1e-9)
        expect(interval.high).toBeGreaterThanOrEqual(plain.high - 1e-9)
        expect(effectiveRuns).toBeLessThanOrEqual(runs)
        expect(effectiveRuns).toBeGreaterThanOrEqual(Math.min(runs, 1))
        if (rho !== null) expect(rho).toBeLessThanOrEqual(1)
      }),
      { numRuns: 60 },
    )
  })

  it('refuses a suite without runs', () => {
    expect(() => independence([])).toThrow(RangeError)
    expect(() => independence(machines([0, 0]))).toThrow(RangeError)
    expect(() => independence(machines([3, 2]))).toThrow(RangeError)
  })
})

describe('10 runs on each of 10 machines, a tenth of them bad', () => {
  const rate = overallRate(TENTH_BAD)
  const covers = ({ low, high }: { low: number; high: number }) => low <= rate && rate <= high
  const all = suites(1_000, TENTH_BAD, 17)
  const failuresOf = (suite: MachineRuns[]) => suite.reduce((sum, { failures }) => sum + failures, 0)

  it('have a plain interval that covers 73 %, one run per machine one that covers 97 %', () => {
    expect(shareOf(all, (suite) => covers(clopperPearson(failuresOf(suite), 100)))).toBeCloseTo(0.73, 1)
    const apart = binomial(100, rate).reduce(
      (sum, chance, failures) => sum + (covers(clopperPearson(failures, 100)) ? chance : 0),
      0,
    )
    expect(apart).toBeCloseTo(0.97, 2)
  })

  it('have a widened interval that covers 85 % or more, and 97 % where any run failed', () => {
    expect(shareOf(all, (suite) => covers(independence(suite).interval))).toBeGreaterThan(0.85)
    const failed = all.filter((suite) => failuresOf(suite) > 0)
    expect(shareOf(failed, (suite) => covers(independence(suite).interval))).toBeGreaterThan(0.97)
  })
})
