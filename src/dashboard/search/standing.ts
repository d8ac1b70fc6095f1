import type { SearchReport, Suspect } from '../../contract/search-report.ts'
import type { LoggedRound } from './log.ts'

/** Runs of a commit, and those of them that failed. */
export interface Tally {
  runs: number
  failures: number
}

/** What is known after a round. */
export interface Standing {
  round: number
  /** By sha, of the likeliest commits; of the others only what they have together. */
  probabilities: ReadonlyMap<string, number>
  /** That the rate rises nowhere. */
  none: number
  /** Of all commits that are not in `probabilities`, together. */
  rest: number
  /** By sha, made by the search up to this round. */
  made: ReadonlyMap<string, Tally>
  /** By sha, the suites of the rounds. */
  suites: ReadonlyMap<string, readonly string[]>
  /** By sha, runs that come next, or are under way. */
  next: ReadonlyMap<string, number>
  /** By sha, why a commit is left out. */
  skipped: ReadonlyMap<string, string>
}

type Known = Pick<SearchReport, 'rounds' | 'posterior' | 'skipped'>

/**
 * What was known when `round` had ended. Events name the likeliest ten commits, the search's own document a hundred as of
 * its newest round: of that one they are taken where `document` is as new.
 */
export function standingAfter(rounds: readonly LoggedRound[], round: number, document: Known | undefined): Standing {
  const at = rounds.find((one) => one.round === round)
  const isNewest = document !== undefined && document.rounds === round && document.posterior.length > 0
  const suspects = isNewest ? document.posterior : (at?.candidates ?? [])
  const none = at?.noneProbability ?? 0
  const past = rounds.filter((one) => one.round <= round).flatMap(({ ran }) => ran)
  const reasons = past.flatMap(({ sha, reason }) => (reason === null ? [] : [[sha, reason] as const]))
  return {
    round,
    probabilities: new Map(suspects.map(({ sha, probability }) => [sha, probability])),
    none,
    rest: Math.max(0, 1 - none - total(suspects)),
    made: tallies(past),
    suites: suitesOf(past),
    next: new Map(at?.next.map(({ sha, runs }) => [sha, runs])),
    skipped: new Map(isNewest ? document.skipped.map(({ sha, reason }) => [sha, reason]) : reasons),
  }
}

const total = (suspects: readonly Suspect[]): number => suspects.reduce((sum, { probability }) => sum + probability, 0)

type Batch = LoggedRound['ran'][number]

function tallies(batches: readonly Batch[]): Map<string, Tally> {
  const made = new Map<string, Tally>()
  for (const { sha, runs, failures } of batches) {
    const before = made.get(sha) ?? { runs: 0, failures: 0 }
    made.set(sha, { runs: before.runs + runs, failures: before.failures + failures })
  }
  return made
}

function suitesOf(batches: readonly Batch[]): Map<string, readonly string[]> {
  const grouped = Map.groupBy(batches, ({ sha }) => sha)
  return new Map([...grouped].map(([sha, of]) => [sha, of.map(({ suite }) => suite)]))
}
