import { claimOf, runsOfProof } from './proof.ts'

/** What is known of a test that flakes, or did. */
export interface TestState {
  /** Runs of the sweep since it is known to flake, and how many of them failed. */
  runs: number
  failed: number
  /** The last commit at which it failed, and when that was made. */
  lastFailed: { sha: string; committedAt: string }
  /** Failure-free runs after that commit. */
  proofRuns: number
  /** Of a test that is fixed. */
  claim: string | null
}

/** What new runs at a commit show of a test. */
export interface SeenAt {
  sha: string
  committedAt: string
  runs: number
  failed: number
}

export interface ProofWanted {
  maxRate: number
  level: number
}

type CommitAt = TestState['lastFailed']

/** Whether a commit holds all that another one did, and more: the fix of what failed there may be in it. */
export type IsAfter = (commit: CommitAt, other: CommitAt) => boolean

/**
 * What follows from new runs of a test, commits oldest first; undefined for a test that is not known to flake. It
 * becomes known by passing and failing at one commit: one that always fails is broken, not flaky. A failure, even of a
 * test that was fixed, makes it flaky again, unless it is at a commit before the fix, which is known to fail; runs without
 * one count for the proof only at commits after the last failure.
 */
export function afterRuns(
  known: TestState | undefined,
  seen: readonly SeenAt[],
  { isAfter, wanted }: { isAfter: IsAfter; wanted: ProofWanted },
): TestState | undefined {
  const flakes = seen.some(({ runs, failed }) => failed > 0 && failed < runs)
  if (known === undefined && !flakes) return undefined
  const failing = seen.findLast((commit) => commit.failed > 0 && !isKnownToFail(commit, known, isAfter))
  const lastFailed = failing === undefined ? known?.lastFailed : { sha: failing.sha, committedAt: failing.committedAt }
  if (lastFailed === undefined) return undefined
  const proof = seen.filter((commit) => isAfter(commit, lastFailed)).reduce((sum, { runs }) => sum + runs, 0)
  const proofRuns = (failing === undefined ? (known?.proofRuns ?? 0) : 0) + proof
  const proved = proofRuns >= runsOfProof(wanted.maxRate, wanted.level)
  const stillFixed = failing === undefined ? (known?.claim ?? null) : null
  return {
    runs: (known?.runs ?? 0) + seen.reduce((sum, { runs }) => sum + runs, 0),
    failed: (known?.failed ?? 0) + seen.reduce((sum, { failed }) => sum + failed, 0),
    lastFailed,
    proofRuns,
    claim: stillFixed ?? (proved ? claimOf({ ...wanted, runs: proofRuns }) : null),
  }
}

function isKnownToFail(commit: SeenAt, known: TestState | undefined, isAfter: IsAfter): boolean {
  if (known === undefined) return false
  return commit.sha === known.lastFailed.sha || isAfter(known.lastFailed, commit)
}

/** `watched` is on its way from `flaky` to `fixed`. */
export function stateOf({ claim, proofRuns }: Pick<TestState, 'claim' | 'proofRuns'>): 'flaky' | 'fixed' | 'watched' {
  if (claim !== null) return 'fixed'
  return proofRuns > 0 ? 'watched' : 'flaky'
}
