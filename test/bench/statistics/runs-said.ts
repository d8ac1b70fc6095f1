import { linearRange } from '../../../src/stats/culprit/commit-range.ts'
import { seededRandom } from '../../support/random.ts'
import { simulateSearch } from '../../support/simulated-search.ts'
import type { Figure, Scale } from '../figure.ts'
import { COMMITS, nameOf, type Row } from './culprit-rows.ts'

const SEED = 20_240_905
const TRIALS = 100
const ROWS: Row[] = [
  { before: 0.05, from: 1, minIncrease: 0.2 },
  { before: 0.2, from: 0.8, minIncrease: 0.2 },
  { before: 0.02, from: 0.3, minIncrease: 0.2 },
  { before: 0.05, from: 0.05, minIncrease: 0.2 },
]

/** What a search that ends after 32 runs says it needs, against what it takes if it may go on. */
export function runsSaid(scale: Scale): Figure[] {
  return ROWS.flatMap((row) => {
    const random = seededRandom(SEED)
    const ratios: number[] = []
    for (let trial = 0; trial < scale(TRIALS); trial++) {
      const culprit = row.before === row.from ? null : 1 + Math.floor(random() * (COMMITS - 1))
      const history = { range: linearRange(COMMITS), culprit, rateBefore: row.before, rateFrom: row.from }
      const options = { width: 8, minIncrease: row.minIncrease }
      const seed = Math.floor(random() * 2 ** 31)
      const cut = simulateSearch(history, seededRandom(seed), { ...options, maxRuns: 32 })
      const whole = simulateSearch(history, seededRandom(seed), options)
      if (cut.answer.answer !== 'not-enough-evidence' || cut.answer.runsNeeded === null) continue
      ratios.push(cut.answer.runsNeeded / (whole.runs - cut.runs))
    }
    return ratios.length === 0
      ? []
      : [
          {
            name: `${nameOf(row)}: runs said to be needed after 32, to those it took`,
            unit: '×' as const,
            samples: ratios,
          },
        ]
  })
}
