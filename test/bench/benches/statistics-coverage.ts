import type { Bench } from '../figure.ts'
import { clusteredIntervals } from '../statistics/clustered-intervals.ts'
import { fixedIntervals } from '../statistics/fixed-intervals.ts'
import { sequentialIntervals } from '../statistics/sequential-intervals.ts'

export const statisticsCoverage: Bench = {
  name: 'statistics-coverage',
  description:
    'How often the intervals that are printed miss the rate, looked at early too: exact, of shared machines simulated.',
  byDefault: false,
  run: async (scale) => [...fixedIntervals(scale), ...sequentialIntervals(scale), ...clusteredIntervals(scale)],
}
