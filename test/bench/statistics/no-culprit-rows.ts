import { linearRange } from '../../../src/stats/culprit/commit-range.ts'
import { seededRandom } from '../../support/random.ts'
import { type SimulatedSearch, simulateSearch } from '../../support/simulated-search.ts'
import type { Figure, Scale } from '../figure.ts'
import { COMMITS, percentage } from './culprit-rows.ts'

const SEED = 20_240_902
const TRIALS = 300
const OPTIONS = { width: 8, confidence: 0.95 }

const ON_RECORD = [
  { position: 0, runs: 200 },
  { position: COMMITS - 1, runs: 20 },
]

/** Rates that never changed, with the smallest rise that matters. */
const UNCHANGED = [
  { rate: 0.05, minIncrease: 0.2 },
  { rate: 0.2, minIncrease: 0.2 },
  { rate: 0.05, minIncrease: 0.1 },
]

/** Histories in which there is no culprit to find. */
export function noCulpritRows(scale: Scale): Figure[] {
  const count = scale(TRIALS)
  return [...UNCHANGED.flatMap((row) => unchanged(row, count)), ...fallen(count)]
}

function unchanged({ rate, minIncrease }: { rate: number; minIncrease: number }, count: number): Figure[] {
  const random = seededRandom(SEED)
  const history = { range: linearRange(COMMITS), culprit: null, rateBefore: rate, rateFrom: rate }
  const of = Array.from({ length: count }, () => simulateSearch(history, random, { ...OPTIONS, minIncrease }))
  const name = `always ${rate}, δ ${minIncrease}, nothing on record`
  return [
    percentage(`${name}: a culprit is named`, of, ({ answer }) => answer.answer === 'culprit', 5),
    percentage(`${name}: runs were only at the two ends`, of, ({ commits }) => commits === 2),
    { name: `${name}: runs`, unit: 'runs', samples: of.map(({ runs }) => runs) },
  ]
}

function fallen(count: number): Figure[] {
  const name = '0.8→0.1'
  const searches = (earlier: typeof ON_RECORD) => {
    const random = seededRandom(SEED)
    return Array.from({ length: count }, (): SimulatedSearch => {
      const culprit = 1 + Math.floor(random() * (COMMITS - 1))
      const history = { range: linearRange(COMMITS), culprit, rateBefore: 0.8, rateFrom: 0.1 }
      return simulateSearch(history, random, { ...OPTIONS, history: earlier })
    })
  }
  const [onRecord, fresh] = [searches(ON_RECORD), searches([])]
  return [
    percentage(`${name}: a culprit is named`, [...onRecord, ...fresh], ({ answer }) => answer.answer === 'culprit', 1),
    percentage(`${name}: the fall is not shown`, onRecord, ({ answer }) => !isDecrease(answer), 5),
    percentage(`${name}, nothing on record: the fall is not shown`, fresh, ({ answer }) => !isDecrease(answer)),
    { name: `${name}, nothing on record: runs`, unit: 'runs', samples: fresh.map(({ runs }) => runs) },
  ]
}

const isDecrease = (answer: SimulatedSearch['answer']) => answer.answer === 'no-increase' && answer.decrease
