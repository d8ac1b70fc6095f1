import type { CommitRange } from './commit-range.ts'
import { type Counts, countsByPosition, NO_RUNS, plus, type SearchEvidence } from './counts.ts'
import { divide } from './divide.ts'
import { logLikelihood } from './likelihood.ts'

/** Candidates that no run so far tells apart: contained in the same tested commits. */
export interface CandidateClass {
  size: number
  /** Runs at commits without the candidate. */
  before: Counts
  /** Runs at commits that contain it. */
  from: Counts
  /** ln L of each candidate of the class. */
  logLikelihood: number
}

export interface CandidateClasses {
  classes: CandidateClass[]
  /** The class of each position; −1 at position 0, which is no candidate. */
  classOf: Int32Array
  /** All runs of the search. */
  all: Counts
  /** The runs at each tested position. */
  tested: Map<number, Counts>
}

/** Sorts candidates into classes; with linear history these are the stretches between tested commits. */
export function classify(range: CommitRange, evidence: SearchEvidence): CandidateClasses {
  const tested = countsByPosition(evidence.observations, range.size)
  const classOf = new Int32Array(range.size).fill(0)
  classOf[0] = -1
  const froms: Counts[] = [NO_RUNS]
  for (const [position, counts] of tested) {
    divide(range, position, classOf, (old) => froms.push(plus(froms[old] ?? NO_RUNS, counts)) - 1)
  }
  const all = [...tested.values()].reduce(plus, NO_RUNS)
  const sizes = new Int32Array(froms.length)
  for (const index of classOf) if (index >= 0) sizes[index] = (sizes[index] ?? 0) + 1
  const classes = froms.map((from, index) => {
    const before = minus(all, from)
    return { size: sizes[index] ?? 0, before, from, logLikelihood: logLikelihood(before, from) }
  })
  return { classes, classOf, all, tested }
}

const minus = (a: Counts, b: Counts): Counts => ({ failures: a.failures - b.failures, runs: a.runs - b.runs })
