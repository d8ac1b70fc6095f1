import type { Figure } from '../figure.ts'

/** How often an interval fails to cover the rate, at one point of a grid: a chance, exact unless the bench says otherwise. */
export interface Miss {
  at: string
  chance: number
}

/** An interval of 95 % may miss in 5 % of cases, and in one point more before a bench calls it wrong. */
const TOLERANCE_POINTS = 1

/** All points of a grid, and its worst one, which has to keep the promise. */
export function missesOf(interval: string, level: number, misses: Miss[]): Figure[] {
  const worst = misses.reduce((a, b) => (b.chance > a.chance ? b : a))
  const goal = 100 * (1 - level) + TOLERANCE_POINTS
  return [
    { name: `${interval}: misses`, unit: '%', samples: misses.map(({ chance }) => 100 * chance) },
    { name: `${interval}: misses at worst, ${worst.at}`, unit: '%', samples: [100 * worst.chance], goal },
  ]
}

export const RATES = [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99, 0.999]
