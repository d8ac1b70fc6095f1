import { finishedOf, type SuiteProgress } from './state.ts'

export interface Pace {
  finished: number
  /** Runs asked for, over all commits known by now. */
  total: number
  /** Whether that is only the most that may be made. */
  capped: boolean
  runsPerSecond: number | null
  leftMs: number | null
}

/** How far a suite is and how long it may still take, judged by the newest ends only. */
export function paceOf(state: SuiteProgress, nowMs: number): Pace {
  let total = 0
  for (const commit of state.commits.values()) {
    // A commit with a verdict gets no more runs, even where fewer were made than asked for.
    total += commit.verdict === null ? commit.cells.length : finishedOf(commit.tally)
  }
  const { recentEndsMs, finishedRuns, firstRunAtMs, capped } = state
  const whole = finishedRuns === recentEndsMs.length
  const sinceMs = whole ? firstRunAtMs : (recentEndsMs[0] ?? null)
  const ends = whole ? recentEndsMs.length : recentEndsMs.length - 1
  if (sinceMs === null || ends < 1 || nowMs <= sinceMs) {
    return { finished: finishedRuns, total, capped, runsPerSecond: null, leftMs: null }
  }
  const runsPerSecond = (ends * 1000) / (nowMs - sinceMs)
  // Nobody knows where the evidence will suffice.
  const leftMs = capped ? null : (Math.max(0, total - finishedRuns) / runsPerSecond) * 1000
  return { finished: finishedRuns, total, capped, runsPerSecond, leftMs }
}
