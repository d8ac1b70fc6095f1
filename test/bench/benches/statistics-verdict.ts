import type { Bench } from '../figure.ts'
import { manyTests, runsToVerdict } from '../statistics/runs-to-verdict.ts'
import { slowFailures } from '../statistics/slow-failures.ts'

export const statisticsVerdict: Bench = {
  name: 'statistics-verdict',
  description:
    'Runs to a verdict against a fixed number of runs, and wrong verdicts: exact, of slow failures simulated.',
  byDefault: false,
  run: async (scale) => [...runsToVerdict(), ...manyTests(), ...slowFailures(scale)],
}
