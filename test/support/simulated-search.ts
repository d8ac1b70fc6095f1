import type { CommitRange } from '../../src/stats/culprit/commit-range.ts'
import type { Counts, SearchEvidence } from '../../src/stats/culprit/counts.ts'
import { concludeSearch, type DecideOptions, decideSearch, type SearchAnswer } from '../../src/stats/culprit/decide.ts'
import { type BatchOptions, nextBatch } from '../../src/stats/culprit/next-batch.ts'

/** A test that fails at one rate up to a commit, and from it on at another. */
export interface SimulatedHistory {
  range: CommitRange
  /** Null: the rate never changes. */
  culprit: number | null
  rateBefore: number
  rateFrom: number
  untestable?: ReadonlySet<number>
}

export interface SimulatedSearch {
  answer: SearchAnswer
  runs: number
  rounds: number
  /** Commits that runs of the search were at. */
  commits: number
}

export type SimulationOptions = DecideOptions &
  Omit<BatchOptions, 'prepared'> & {
    /** Runs on record before the search. */
    history?: readonly { position: number; runs: number }[]
    maxRuns?: number
  }

/** Runs the test at a commit that can be tested. */
export function runAt({ range, culprit, rateBefore, rateFrom }: SimulatedHistory, random: () => number) {
  return (position: number, runs: number): Counts => {
    const rate = culprit !== null && range.contains(position, culprit) ? rateFrom : rateBefore
    let failures = 0
    for (let run = 0; run < runs; run++) if (random() < rate) failures++
    return { failures, runs }
  }
}

/** A whole culprit search, its runs drawn at random. */
export function simulateSearch(
  history: SimulatedHistory,
  random: () => number,
  { history: earlier = [], maxRuns = 20_000, ...options }: SimulationOptions,
): SimulatedSearch {
  const run = runAt(history, random)
  const observations = earlier.map(({ position, runs }) => ({ position, ...run(position, runs) }))
  const untestable = new Set<number>()
  const prepared = new Set<number>()
  const evidence: SearchEvidence = { observations, untestable }
  for (let runs = 0, rounds = 0; ; rounds++) {
    const spent = { runs, rounds, commits: prepared.size }
    const decided = decideSearch(history.range, evidence, options)
    if (decided.answer !== 'continue') return { answer: decided, ...spent }
    if (runs >= maxRuns) return { answer: concludeSearch(history.range, evidence, options), ...spent }
    for (const { position, runs: count } of nextBatch(history.range, evidence, { ...options, prepared })) {
      if (history.untestable?.has(position)) untestable.add(position)
      else {
        observations.push({ position, ...run(position, count) })
        prepared.add(position)
        runs += count
      }
    }
  }
}
