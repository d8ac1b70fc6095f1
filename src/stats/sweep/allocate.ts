import type { SpentFor } from '../../contract/http/sweeps.ts'

/** A test at a commit, as far as runs have shown it there. */
export interface KnownTest {
  runs: number
  failed: number
  /** Known to flake, and not proved fixed. */
  flaky: boolean
}

/** A commit that the next runs could be made at. */
export interface Candidate {
  /** 0 for the newest. */
  age: number
  /** Nothing of the kind has run at it, nor at any that came after it. */
  isNew: boolean
  /** One of no runs where none is known. */
  tests: readonly KnownTest[]
  /** Runs that would complete the proof that a test is fixed; 0 where none is under way here. */
  proofMissing: number
}

export interface Allocation {
  /** At each of the commits chosen: a suite runs all of them under the same seeds. */
  runs: number
  chosen: { candidate: number; why: SpentFor }[]
}

/** A new commit may have broken anything, a flake is known to be there; a stable test at an old commit can wait. */
const WEIGHTS: Record<SpentFor, number> = { 'new commit': 4, proof: 3, 'known flake': 2, 'wide interval': 1 }
/** Fewer runs at a commit than a suite has by default tell next to nothing of a flake. */
const FEWEST_RUNS = 10
/** Commits back in which the interest in a commit halves. */
const HALF_LIFE = 5
/** z of a 95 % interval. */
const Z = 1.959964

/**
 * Width of Wilson's interval (1927), which takes counts that are not whole and shrinks with every run: it only ranks
 * commits here, and is shown to nobody. 1 before the first run.
 */
export function widthAfter(runs: number, failed: number): number {
  const p = runs === 0 ? 0.5 : failed / runs
  return runs === 0 ? 1 : (2 * Z * Math.sqrt((p * (1 - p)) / runs + Z ** 2 / (4 * runs ** 2))) / (1 + Z ** 2 / runs)
}

/** How much narrower the interval is expected to become with so many more runs. */
function narrowing({ runs, failed }: KnownTest, more: number): number {
  const rate = (failed + 0.5) / (runs + 1)
  return widthAfter(runs, failed) - widthAfter(runs + more, failed + rate * more)
}

/** What so many runs at a commit would teach, and what most of that would be for. */
export function worthOf(candidate: Candidate, runs: number): { worth: number; why: SpentFor } {
  const { age, isNew, tests, proofMissing } = candidate
  const interest = 0.5 ** (age / HALF_LIFE)
  const best = (of: readonly KnownTest[]) => Math.max(0, ...of.map((test) => narrowing(test, runs)))
  const shares: [SpentFor, number][] = [
    ['new commit', isNew ? best(tests) : 0],
    ['proof', proofMissing > 0 ? Math.min(1, runs / proofMissing) : 0],
    ['known flake', best(tests.filter(({ flaky }) => flaky))],
    ['wide interval', best(tests)],
  ]
  const weighed = shares.map(([why, share]) => ({ worth: WEIGHTS[why] * share * interest, why }))
  return weighed.reduce((most, one) => (one.worth > most.worth ? one : most))
}

/**
 * Spends a budget of runs where it teaches most: of all ways to give the best commits an equal number of runs, the one
 * whose worth is greatest. Commits share seeds, so that they can be compared as pairs; so they have equally many.
 *
 * @param budget runs of all commits together, at least 1
 * @param candidates at least one
 */
export function allocate(candidates: readonly Candidate[], budget: number): Allocation {
  const most = Math.max(1, Math.min(candidates.length, Math.floor(budget / FEWEST_RUNS)))
  const ways = Array.from({ length: most }, (_, index) =>
    bestOf(candidates, index + 1, Math.floor(budget / (index + 1))),
  )
  const { runs, chosen } = ways.reduce((best, way) => (way.worth > best.worth ? way : best))
  return { runs, chosen }
}

function bestOf(candidates: readonly Candidate[], commits: number, runs: number): Allocation & { worth: number } {
  const ranked = candidates
    .map((one, candidate) => ({ candidate, ...worthOf(one, runs) }))
    .toSorted((a, b) => b.worth - a.worth)
    .slice(0, commits)
  return {
    runs,
    chosen: ranked.map(({ candidate, why }) => ({ candidate, why })),
    worth: ranked.reduce((sum, { worth }) => sum + worth, 0),
  }
}

/**
 * Runs that fit into a time, by how long runs have taken; a tenth of the time is left for what is not a run.
 *
 * @param meanMs of a run, above 0
 */
export const runsWithin = (timeMs: number, { meanMs, parallelism }: { meanMs: number; parallelism: number }): number =>
  Math.max(1, Math.floor(((0.9 * timeMs) / meanMs) * parallelism))
