import { type Batch, type BatchCosts, horizonsOf } from './batch.ts'
import { classify } from './candidate-classes.ts'
import type { CommitRange } from './commit-range.ts'
import type { SearchEvidence } from './counts.ts'
import { endsBatch, endsOf } from './ends.ts'
import { outlookOf } from './expected-entropy.ts'
import { meanRates } from './mean-rates.ts'
import { mostInformative } from './most-informative.ts'
import { placesOf } from './places.ts'
import { entropyOf, posteriorOf } from './posterior.ts'
import type { Prior } from './prior.ts'
import { spread } from './spread.ts'

export type BatchOptions = Prior & Pick<BatchCosts, 'width'> & Partial<BatchCosts>

const DEFAULT_MAX_COMMITS = 4

/**
 * From this probability of "none" on, runs go to the two ends, which tell most of whether the rate rose at all, before
 * any go to the question where. With one half, chance findings are chased through the range: unchanged rates of .2 took
 * up to five times as many runs. Whoever is sure that it rose still has to learn the rates, hence a prior of one half.
 */
const WHETHER_FIRST = 0.1
const IMPARTIAL = { priorNone: 0.5 }

/**
 * What to run next: the runs that lower the expected entropy of the posterior most for what they cost; runs at the two
 * ends as long as it is open whether the rate rose at all. Empty where fewer than two commits can be run.
 *
 * @throws RangeError for options, counts or positions that make no sense
 */
export function nextBatch(range: CommitRange, evidence: SearchEvidence, options: BatchOptions): Batch {
  const costs = { preparing: 0, prepared: new Set<number>(), maxCommits: DEFAULT_MAX_COMMITS, ...options }
  assertCosts(costs)
  const sorted = classify(range, evidence)
  const probabilities = posteriorOf(sorted, options)
  const ends = endsOf(range, evidence)
  if (ends === null) return []
  if (posteriorOf(sorted, IMPARTIAL).none >= WHETHER_FIRST) return endsBatch(ends, sorted, costs.width)
  const outlook = outlookOf(range, sorted, options, costs.width)
  const later = horizonsOf(costs).slice(1)
  const outlooks = [outlook, ...later.map((runs) => outlookOf(range, sorted, options, runs))]
  const testable = [...sorted.classOf.keys()].filter((position) => evidence.untestable?.has(position) !== true)
  const several = isSpreadable(costs)
    ? spread(placesOf(range, probabilities, outlook, testable), meanRates(sorted, probabilities), costs)
    : []
  if (new Set(several).size > 1) return shareOut(several, costs.width)
  const one = mostInformative(entropyOf(probabilities), outlooks, testable, costs)
  return one === null ? [] : [{ position: one, runs: costs.width }]
}

const isSpreadable = ({ width, maxCommits }: BatchCosts): boolean => width > 1 && maxCommits > 1

/** Equal shares, where a commit that stands there twice has two. */
function shareOut(positions: readonly number[], width: number): Batch {
  const runs = new Map<number, number>()
  for (const [index, position] of positions.entries()) {
    const share = Math.floor(width / positions.length) + (index < width % positions.length ? 1 : 0)
    runs.set(position, (runs.get(position) ?? 0) + share)
  }
  return [...runs].map(([position, count]) => ({ position, runs: count }))
}

function assertCosts({ width, preparing, maxCommits }: BatchCosts): void {
  if (!Number.isInteger(width) || width < 1) throw new RangeError(`width must be a whole number from 1, not ${width}`)
  if (!(preparing >= 0)) throw new RangeError(`preparing must be 0 or more runs, not ${preparing}`)
  if (!Number.isInteger(maxCommits) || maxCommits < 1) {
    throw new RangeError(`maxCommits must be a whole number from 1, not ${maxCommits}`)
  }
}
