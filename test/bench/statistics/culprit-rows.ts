import { type CommitRange, commitRange, linearRange } from '../../../src/stats/culprit/commit-range.ts'
import { mergeHistory } from '../../support/merge-history.ts'
import { seededRandom } from '../../support/random.ts'
import { runAt, type SimulatedSearch, type SimulationOptions, simulateSearch } from '../../support/simulated-search.ts'
import type { Figure, Scale } from '../figure.ts'
import { type Blame, bestReruns, bisect, ONCE } from './bisection.ts'
import { noisyBinarySearch } from './noisy-binary-search.ts'

const SEED = 20_240_901
const TRIALS = 300
export const COMMITS = 128
/** In %: accuracy of at least .95 in each row, and a stated .99 that is right at least 98 % of the time. */
const MOST_NOT_FOUND = 5
const MOST_MISCALIBRATED = 2

/** The rates before the culprit and from it on, and the smallest rise that matters. */
export interface Row {
  before: number
  from: number
  minIncrease: number
}

const ROWS: Row[] = [
  { before: 0.05, from: 1, minIncrease: 0.2 },
  { before: 0.3, from: 1, minIncrease: 0.2 },
  { before: 0.2, from: 0.8, minIncrease: 0.2 },
  { before: 0.02, from: 0.3, minIncrease: 0.2 },
  // With the usual δ of .2, "no increase of .2 or more" would be the right answer to this one.
  { before: 0.01, from: 0.1, minIncrease: 0.05 },
]

/** Runs of the oldest and of the newest commit on record. */
const ON_RECORD = [
  { position: 0, runs: 200 },
  { position: COMMITS - 1, runs: 20 },
]
/** As in the table of reference: batches of 8 at one commit, stop at .99. */
const AS_IN_TABLE = { history: ON_RECORD, width: 8, maxCommits: 1, confidence: 0.99 }
const SPREAD = { ...AS_IN_TABLE, maxCommits: 4 }
const ONE_AT_A_TIME = { ...AS_IN_TABLE, width: 1 }

interface Trial {
  culprit: number
  search: SimulatedSearch
}

export const nameOf = ({ before, from }: Row) => `${before}→${from}`
const wasFound = ({ culprit, search: { answer } }: Trial) => answer.answer === 'culprit' && answer.position === culprit

function trials(
  { before, from, minIncrease }: Row,
  count: number,
  options: SimulationOptions,
  rangeOf: (random: () => number) => CommitRange = () => linearRange(COMMITS),
): Trial[] {
  const random = seededRandom(SEED)
  return Array.from({ length: count }, () => {
    const culprit = 1 + Math.floor(random() * (COMMITS - 1))
    const history = { range: rangeOf(random), culprit, rateBefore: before, rateFrom: from }
    return { culprit, search: simulateSearch(history, random, { minIncrease, ...options }) }
  })
}

export const percentage = <Of>(name: string, of: readonly Of[], happens: (each: Of) => boolean, goal?: number) => ({
  ...{ name, unit: '%' as const, samples: [(100 * of.filter(happens).length) / of.length] },
  ...(goal === undefined ? {} : { goal }),
})

function figuresOf(name: string, of: Trial[]): Figure[] {
  return [
    percentage(`${name}: culprit not found`, of, (trial) => !wasFound(trial), MOST_NOT_FOUND),
    { name: `${name}: runs`, unit: 'runs', samples: of.map(({ search }) => search.runs) },
    { name: `${name}: rounds`, unit: 'rounds', samples: of.map(({ search }) => search.rounds) },
  ]
}

/** Of the culprits that were named at .99. */
function calibration(of: Trial[]): Figure {
  const named = of.filter(({ search }) => search.answer.answer === 'culprit')
  return percentage(
    'all of these: culprits named at .99 that are wrong',
    named,
    (trial) => !wasFound(trial),
    MOST_MISCALIBRATED,
  )
}

/** Culprits that `git bisect run`, once and with reruns, does not find. */
function rivals({ before, from, minIncrease }: Row, count: number): Figure[] {
  const row = nameOf({ before, from, minIncrease })
  const rules = { 'git bisect run': ONCE, 'git bisect run, 5 runs a commit': bestReruns(5, before, from) }
  return Object.entries(rules).flatMap(([name, rule]) => {
    const blames = blamesOf(before, from, count, (runner) => bisect(COMMITS, runner, rule))
    return [
      percentage(`${row}, ${name}: culprit not found`, blames, ({ isRight }) => !isRight),
      { name: `${row}, ${name}: runs`, unit: 'runs' as const, samples: blames.map(({ runs }) => runs) },
    ]
  })
}

function blamesOf(before: number, from: number, count: number, search: (runner: ReturnType<typeof runAt>) => Blame) {
  const random = seededRandom(SEED)
  return Array.from({ length: count }, () => {
    const culprit = 1 + Math.floor(random() * (COMMITS - 1))
    const history = { range: linearRange(COMMITS), culprit, rateBefore: before, rateFrom: from }
    const { position, runs } = search(runAt(history, random))
    return { isRight: position === culprit, runs }
  })
}

/** The table of reference, and the same with batches spread over commits, in histories with merges, and with nothing on record. */
export function culpritRows(scale: Scale): Figure[] {
  const count = scale(TRIALS)
  const table = ROWS.map((row) => ({ name: nameOf(row), row, of: trials(row, count, AS_IN_TABLE) }))
  const variants = ROWS.slice(0, 4).flatMap((row) => [
    { name: `${nameOf(row)}, batches of 8 at up to 4 commits`, of: trials(row, count, SPREAD) },
    { name: `${nameOf(row)}, with merges`, of: trials(row, count, SPREAD, withMerges) },
    { name: `${nameOf(row)}, nothing on record`, of: trials(row, count, { ...SPREAD, history: [] }) },
  ])
  const all = [...table, ...variants]
  return [
    ...table.flatMap(({ name, row, of }) => [...figuresOf(name, of), ...rivals(row, count)]),
    ...variants.flatMap(({ name, of }) => figuresOf(name, of)),
    calibration(all.flatMap(({ of }) => of)),
  ]
}

const withMerges = (random: () => number) => commitRange(mergeHistory(COMMITS, random))

/** Hard breaks one run at a time, beside Google's noisy binary search, which knows the flake rate; both at two stops. */
export function unbatched(scale: Scale): Figure[] {
  const rows = [
    // 11 and 21 runs of a noisy binary search, in the table of reference.
    { before: 0.05, goal: 1.5 * 11 },
    { before: 0.3, goal: 1.5 * 21 },
  ]
  return rows.flatMap((row) => [0.99, 0.9999].flatMap((confidence) => besideGoogles(row, confidence, scale(TRIALS))))
}

function besideGoogles(
  { before, goal }: { before: number; goal: number },
  confidence: number,
  count: number,
): Figure[] {
  const row = { before, from: 1, minIncrease: 0.2 }
  const name = `${nameOf(row)}, one run at a time, stop at ${confidence}`
  const ours = trials(row, count, { ...ONE_AT_A_TIME, confidence })
  const theirs = blamesOf(before, 1, count, (runner) => noisyBinarySearch(COMMITS, runner, before, confidence))
  const [ourRuns, theirRuns] = [ours.map(({ search }) => search.runs), theirs.map(({ runs }) => runs)]
  return [
    percentage(`${name}: culprit not found`, ours, (trial) => !wasFound(trial), MOST_NOT_FOUND),
    { name: `${name}: runs`, unit: 'runs', samples: ourRuns, goal },
    percentage(`${name}, noisy binary search: culprit not found`, theirs, ({ isRight }) => !isRight),
    { name: `${name}, noisy binary search: runs`, unit: 'runs', samples: theirRuns },
    {
      name: `${name}: runs to those of the noisy binary search`,
      unit: '×',
      samples: [sum(ourRuns) / sum(theirRuns)],
      goal: 1.5,
    },
  ]
}

const sum = (values: number[]) => values.reduce((a, b) => a + b, 0)
