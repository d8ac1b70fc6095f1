import type { SearchSpec, SearchStanding, Suspect } from '../../src/contract/index.ts'
import { type Counts, NO_RUNS, plus } from '../../src/stats/culprit/counts.ts'
import type { NotEnoughEvidence, SearchDecision } from '../../src/stats/culprit/decide.ts'
import type { Posterior } from '../../src/stats/culprit/posterior.ts'
import { countsAround, likeliestCommits, rateOf } from '../../src/stats/search-summary.ts'
import type { Knowledge } from './knowledge.ts'

interface Decision {
  spec: SearchSpec
  known: Knowledge
  found: Posterior
  decided: SearchDecision
  rounds: number
  /** What runs next, or would. */
  next: readonly { position: number; runs: number }[]
}

const MOST_SUSPECTS = 100
const LEAST_PROBABILITY = 0.0001

/** What a report shows of a search after a round, but for the example of a failing run. */
export function standingOf(decision: Decision): SearchStanding {
  const { known, found, decided, rounds, next } = decision
  const ranked = likeliestCommits(found, { most: MOST_SUSPECTS, least: LEAST_PROBABILITY })
  const suspects = ranked.map(({ position, probability }) => suspectOf(known, position, probability))
  return {
    answer: decided.answer === 'continue' ? null : decided.answer,
    culprit: decided.answer === 'culprit' ? suspectOf(known, decided.position, decided.probability) : null,
    ...(decided.answer === 'no-increase' && decided.decrease ? { decrease: true } : {}),
    ...(decided.answer === 'not-enough-evidence' ? evidenceLacking(known, decided) : {}),
    ...ratesOf(decision, ranked[0]?.position),
    example: null,
    runs: known.made,
    rounds,
    skipped: [...known.skipped].map(([position, reason]) => ({ sha: shaOf(known, position), reason })),
    noneProbability: found.none,
    posterior: suspects,
    next: next.map(({ position, runs }) => ({ ...namesOf(known, position), runs })),
  }
}

/** Of commits that cannot be told apart, all are named: one of them is the culprit. */
function evidenceLacking(known: Knowledge, { runsNeeded, inseparable }: NotEnoughEvidence) {
  const commits = inseparable.map((position) => namesOf(known, position))
  return { runsNeeded, ...(commits.length === 0 ? {} : { inseparable: commits }) }
}

/** Around the culprit or the likeliest commit; of "no increase" at the two ends, whose runs prove it. */
function ratesOf({ spec, known, decided }: Decision, likeliest: number | undefined) {
  const { range, evidence } = known
  const rate = (counts: Counts) => rateOf(counts, spec.confidence)
  if (decided.answer === 'no-increase') {
    const [base, head] = testableEnds(known)
    const at = (end: number) => evidence.observations.filter(({ position }) => position === end).reduce(plus, NO_RUNS)
    return { rateBefore: rate(at(base)), rateFrom: rate(at(head)) }
  }
  const position = decided.answer === 'culprit' ? decided.position : likeliest
  if (position === undefined) return { rateBefore: null, rateFrom: null }
  const { before, from } = countsAround(range, evidence.observations, position)
  return { rateBefore: rate(before), rateFrom: rate(from) }
}

/** The oldest and the newest commit that can be run. */
function testableEnds({ range, skipped }: Knowledge): [base: number, head: number] {
  const testable = Array.from({ length: range.size }, (_, position) => position).filter((one) => !skipped.has(one))
  return [testable.at(0) ?? 0, testable.at(-1) ?? range.size - 1]
}

const shaOf = ({ commits }: Knowledge, position: number): string => commits[position]?.sha ?? ''

export const namesOf = (known: Knowledge, position: number): { sha: string; subject: string } => ({
  sha: shaOf(known, position),
  subject: known.commits[position]?.subject ?? '',
})

const suspectOf = (known: Knowledge, position: number, probability: number): Suspect => ({
  ...namesOf(known, position),
  probability,
})
