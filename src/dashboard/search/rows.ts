import type { SearchCommitPage } from '../../contract/http/searches.ts'
import type { Standing, Tally } from './standing.ts'

export type RangeCommit = SearchCommitPage['commits'][number]

export interface CommitRow {
  kind: 'commit'
  commit: RangeCommit
  /** Undefined where all that is known is that it is among the least. */
  probability: number | undefined
  /** Of earlier suites and of this search together. */
  tally: Tally
  suites: readonly string[]
  /** Runs that come next; 0 for none. */
  next: number
  /** Why the commit is left out. */
  skipped: string | undefined
}

/** Commits in a row that nothing is known of worth a line each. */
export interface GapRow {
  kind: 'gap'
  /** Positions, both ends included. */
  from: number
  to: number
  /** That the rate rises at one of them, as far as it is known. */
  probability: number
}
export type Row = CommitRow | GapRow

/** Less than that is as good as nothing beside the others. */
const WORTH_A_LINE = 0.001
const SHORTEST_GAP = 3
/** Of a stretch that was opened; the rest of it is one line again. */
const MOST_OPENED = 200
/** Of lines that are shown for their probability alone. */
const MOST_SUSPECTS = 100

/**
 * The range in the order of its history, the oldest commit first; stretches of which nothing is known worth a line are
 * one line. `opened` holds first positions of stretches that are shown all the same.
 */
export function rowsOf(range: readonly RangeCommit[], standing: Standing, opened: ReadonlySet<number>): Row[] {
  const likely = likeliest(standing)
  const rows = range.map((commit) => rowOf(commit, standing))
  const shown: Row[] = []
  for (let at = 0; at < rows.length; ) {
    const length = dullStretch(rows, at, likely)
    const isGap = length >= SHORTEST_GAP && !opened.has(at)
    const stretch = rows.slice(at, at + Math.max(1, isGap ? length : Math.min(length, MOST_OPENED)))
    if (isGap) shown.push(gapOf(stretch))
    else shown.push(...stretch)
    at += stretch.length
  }
  return shown
}

function likeliest({ probabilities }: Standing): ReadonlySet<string> {
  const above = [...probabilities].filter(([, probability]) => probability >= WORTH_A_LINE)
  const ranked = above.toSorted(([, a], [, b]) => b - a)
  return new Set(ranked.slice(0, MOST_SUSPECTS).map(([sha]) => sha))
}

function rowOf(commit: RangeCommit, standing: Standing): CommitRow {
  const { sha, earlier } = commit
  const made = standing.made.get(sha) ?? { runs: 0, failures: 0 }
  return {
    kind: 'commit',
    commit,
    // The first one lies before the culprit.
    probability: commit.position === 0 ? 0 : standing.probabilities.get(sha),
    tally: { runs: earlier.runs + made.runs, failures: earlier.failures + made.failures },
    suites: standing.suites.get(sha) ?? [],
    next: standing.next.get(sha) ?? 0,
    skipped: standing.skipped.get(sha),
  }
}

/** How many rows from here on are worth no line. */
function dullStretch(rows: readonly CommitRow[], from: number, likely: ReadonlySet<string>): number {
  const isDull = ({ commit, tally, next, skipped }: CommitRow, at: number): boolean =>
    !likely.has(commit.sha) && tally.runs === 0 && next === 0 && skipped === undefined && at > 0 && at < rows.length - 1
  const end = rows.findIndex((row, at) => at >= from && !isDull(row, at))
  return (end === -1 ? rows.length : end) - from
}

const gapOf = (stretch: readonly CommitRow[]): GapRow => ({
  kind: 'gap',
  from: stretch[0]?.commit.position ?? 0,
  to: stretch.at(-1)?.commit.position ?? 0,
  probability: stretch.reduce((sum, { probability = 0 }) => sum + probability, 0),
})

/** Ends of the scale that bars may have: a round number, so that it moves seldom. */
const SCALES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1] as const

/** The smallest scale on which all bars have room. */
export function scaleOf({ probabilities, none }: Standing): number {
  const most = Math.max(none, ...probabilities.values(), 0)
  return SCALES.find((end) => end >= most) ?? 1
}
