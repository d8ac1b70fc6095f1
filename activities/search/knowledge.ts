import { type CommitRange, commitRange } from '../../src/stats/culprit/commit-range.ts'
import type { Observation, SearchEvidence } from '../../src/stats/culprit/counts.ts'
import type { RoundOutcome } from '../../src/store/searches/round-rows.ts'
import type { SearchCommit } from '../../src/store/searches/search-store.ts'

/** What a search knows when its rounds so far have ended. */
export interface Knowledge {
  commits: readonly SearchCommit[]
  range: CommitRange
  evidence: SearchEvidence & { observations: Observation[] }
  /** Why commits are left out, by position. */
  skipped: Map<number, string>
  /** Commits that an earlier round has prepared. */
  prepared: Set<number>
  /** What the preparation of a commit costs, in runs; 0 as long as that is not known. */
  preparing: number
  /** Runs that were asked for. */
  made: number
}

/** A commit that what runs it has failed so often is left out as well. */
const MOST_LOST_BATCHES = 2
const DEAREST_PREPARATION = 100

export function knowledgeOf(commits: readonly SearchCommit[], outcomes: readonly RoundOutcome[]): Knowledge {
  const observations = [
    ...commits.map(({ position, prior }) => ({ position, ...prior })),
    ...outcomes.map(({ position, runs, failures }) => ({ position, runs, failures })),
  ].filter(({ runs }) => runs > 0)
  const skipped = skippedOf(outcomes)
  return {
    commits,
    range: commitRange(commits.map(({ parents }) => parents)),
    evidence: { observations, untestable: new Set(skipped.keys()) },
    skipped,
    prepared: new Set(outcomes.filter(({ runs }) => runs > 0).map(({ position }) => position)),
    preparing: preparingOf(outcomes),
    made: outcomes.reduce((sum, { asked }) => sum + asked, 0),
  }
}

function skippedOf(outcomes: readonly RoundOutcome[]): Map<number, string> {
  const skipped = new Map<number, string>()
  const lost = new Map<number, number>()
  for (const { position, reason, blame } of outcomes) {
    if (reason === null || blame === null) continue
    if (blame === 'infrastructure') lost.set(position, (lost.get(position) ?? 0) + 1)
    if (blame === 'commit' || lost.get(position) === MOST_LOST_BATCHES) skipped.set(position, reason)
  }
  return skipped
}

function preparingOf(outcomes: readonly RoundOutcome[]): number {
  const [prepareMs, runMs] = [meanOf(outcomes, 'prepareMs'), meanOf(outcomes, 'runMs')]
  if (prepareMs === undefined || runMs === undefined) return 0
  return Math.min(DEAREST_PREPARATION, prepareMs / Math.max(1, runMs))
}

function meanOf(outcomes: readonly RoundOutcome[], field: 'prepareMs' | 'runMs'): number | undefined {
  const values = outcomes.flatMap((outcome) => outcome[field] ?? [])
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length
}
