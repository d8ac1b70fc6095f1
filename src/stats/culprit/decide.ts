import type { Interval } from '../../contract/index.ts'
import { alwaysValid } from '../always-valid.ts'
import { assertLevel } from '../counts.ts'
import { DEFAULT_LEVEL } from '../interval.ts'
import { type CandidateClasses, classify } from './candidate-classes.ts'
import type { CommitRange } from './commit-range.ts'
import { NO_RUNS, type SearchEvidence } from './counts.ts'
import { type Ends, endsOf, type NoIncrease, noIncrease } from './ends.ts'
import { inseparableFrom } from './inseparable.ts'
import { type Posterior, posteriorOf } from './posterior.ts'
import type { Prior } from './prior.ts'
import { runsNeeded } from './runs-needed.ts'

const DEFAULT_MIN_INCREASE = 0.2

export interface DecideOptions extends Prior {
  /** The probability at which a culprit is named; "no increase" is wrong with probability ≤ 1 − it. */
  confidence?: number
  /** δ: the smallest rise of the rate that matters. */
  minIncrease?: number
}

interface CulpritFound {
  answer: 'culprit'
  position: number
  probability: number
  /** Of the runs at commits without the culprit. */
  rateBefore: Interval
  /** Of the runs at commits that contain it. */
  rateFrom: Interval
}

interface NoIncreaseShown extends NoIncrease {
  answer: 'no-increase'
}

export interface NotEnoughEvidence {
  answer: 'not-enough-evidence'
  /** About how many more runs lead to an answer at the rates seen so far; null where no run would. */
  runsNeeded: number | null
  /** Two or more commits of which one is the culprit, and which cannot be told apart as those between cannot be run. */
  inseparable: number[]
}

export type SearchAnswer = CulpritFound | NoIncreaseShown | NotEnoughEvidence
export type SearchDecision = SearchAnswer | { answer: 'continue' }

/**
 * What the runs so far say. To be asked after whole batches; its promises hold however often it is asked.
 * `not-enough-evidence` only where no further run would help.
 *
 * @throws RangeError for options, counts or positions that make no sense
 */
export function decideSearch(
  range: CommitRange,
  evidence: SearchEvidence,
  options: DecideOptions = {},
): SearchDecision {
  return decide(standing(range, evidence, options)) ?? { answer: 'continue' }
}

/** What the runs so far say where there will be no more, as a budget is spent. */
export function concludeSearch(
  range: CommitRange,
  evidence: SearchEvidence,
  options: DecideOptions = {},
): SearchAnswer {
  const search = standing(range, evidence, options)
  const decided = decide(search)
  if (decided !== null) return decided
  const needed = search.ends && runsNeeded(search.ends, search.sorted, search.probabilities, search)
  return { answer: 'not-enough-evidence', runsNeeded: needed, inseparable: [] }
}

interface Standing {
  range: CommitRange
  sorted: CandidateClasses
  probabilities: Posterior
  untestable: ReadonlySet<number>
  ends: Ends | null
  confidence: number
  minIncrease: number
}

function standing(range: CommitRange, evidence: SearchEvidence, options: DecideOptions): Standing {
  const { confidence = DEFAULT_LEVEL, minIncrease = DEFAULT_MIN_INCREASE } = options
  assertLevel(confidence)
  if (!(minIncrease > 0 && minIncrease <= 1)) {
    throw new RangeError(`minIncrease must be above 0 and at most 1, not ${minIncrease}`)
  }
  const sorted = classify(range, evidence)
  const probabilities = posteriorOf(sorted, options)
  const ends = endsOf(range, evidence)
  return { range, sorted, probabilities, untestable: evidence.untestable ?? new Set(), ends, confidence, minIncrease }
}

function decide(search: Standing): SearchAnswer | null {
  const { sorted, probabilities, ends, confidence, minIncrease } = search
  const position = likeliest(probabilities)
  if ((probabilities.commits[position] ?? 0) >= confidence) return culpritAt(position, search)
  if (ends === null) return { answer: 'not-enough-evidence', runsNeeded: null, inseparable: [] }
  const unchanged = noIncrease(ends, sorted, minIncrease, 1 - confidence)
  if (unchanged !== null) return { answer: 'no-increase', ...unchanged }
  const inseparable = inseparableCulprits(position, search)
  return inseparable.length > 0 ? { answer: 'not-enough-evidence', runsNeeded: null, inseparable } : null
}

function likeliest({ commits }: Posterior): number {
  return commits.reduce((best, probability, position) => (probability > (commits[best] ?? 0) ? position : best), 0)
}

function culpritAt(position: number, { sorted, probabilities, confidence }: Standing): CulpritFound {
  const { before, from } = sorted.classes[sorted.classOf[position] ?? -1] ?? { before: NO_RUNS, from: NO_RUNS }
  return {
    answer: 'culprit',
    position,
    probability: probabilities.commits[position] ?? 0,
    rateBefore: alwaysValid(before.failures, before.runs, confidence),
    rateFrom: alwaysValid(from.failures, from.runs, confidence),
  }
}

/** Those that no run could tell from the likeliest commit, where together they are probable enough; else none. */
function inseparableCulprits(position: number, search: Standing): number[] {
  const { range, sorted, probabilities, untestable, confidence } = search
  const probability = probabilities.commits[position] ?? 0
  // Of two commits that can be run, a run at the older one tells them apart, so that no more than this can share it.
  if (probability * (untestable.size + 1) < confidence) return []
  const inseparable = inseparableFrom(position, range, sorted, untestable)
  return inseparable.length * probability >= confidence ? inseparable : []
}
