import { LIMITS, partSuiteId, type SearchSpec } from '../../src/contract/index.ts'
import { nextBatch } from '../../src/stats/culprit/next-batch.ts'
import { drawSeeds } from '../../src/stats/seeds.ts'
import type { PlannedRuns } from '../../src/store/searches/round-rows.ts'
import type { StoredRound } from '../../src/store/searches/search-store.ts'
import type { Store } from '../../src/store/store.ts'
import type { Knowledge } from './knowledge.ts'

// MAINTENANCE: workflows/culprit-search.ts keeps room in its history for so many.
const MOST_COMMITS = 4

/** Where `runs` more would tell most; empty where none would tell anything. */
export function mostTelling(spec: SearchSpec, known: Knowledge, runs: number): { position: number; runs: number }[] {
  const { range, evidence, prepared, preparing } = known
  const { confidence, minIncrease } = spec
  const options = { width: runs, confidence, minIncrease, prepared, preparing, maxCommits: MOST_COMMITS }
  // A commit may be named more than once.
  const runsAt = new Map<number, number>()
  for (const batch of nextBatch(range, evidence, options)) {
    runsAt.set(batch.position, (runsAt.get(batch.position) ?? 0) + batch.runs)
  }
  return [...runsAt].map(([position, planned]) => ({ position, runs: planned }))
}

/** The batches of a round with suites and seeds of their own. */
export async function planRound(
  store: Store,
  { spec, commits, rounds }: { spec: SearchSpec; commits: Knowledge['commits']; rounds: readonly StoredRound[] },
  batches: readonly { position: number; runs: number }[],
): Promise<PlannedRuns[]> {
  const wanted = batches.reduce((sum, { runs }) => sum + runs, 0)
  const used = rounds.flatMap((round) => round.batches.flatMap(({ seeds }) => seeds))
  const fresh = await freshSeeds(store, { spec, used, wanted })
  return batches.map(({ position, runs }, index) => ({
    position,
    sha: commits[position]?.sha ?? '',
    suite: partSuiteId(spec.id, rounds.length + 1, index + 1),
    seeds: fresh.splice(0, runs),
  }))
}

/**
 * The next seeds of the search's draw that no suite of the repository has: a seed that was run at another commit before
 * would be no independent observation at this one.
 */
async function freshSeeds(
  { searches }: Store,
  { spec, used, wanted }: { spec: SearchSpec; used: readonly number[]; wanted: number },
): Promise<number[]> {
  const taken = new Set(used)
  for (let length = used.length + wanted; length <= LIMITS.largestSeed; length *= 2) {
    const candidates = drawSeeds(spec.seed, length).filter((seed) => !taken.has(seed))
    for (const seed of await searches.seedsInUse(spec.repo, candidates)) taken.add(seed)
    const fresh = candidates.filter((seed) => !taken.has(seed))
    if (fresh.length >= wanted) return fresh.slice(0, wanted)
  }
  throw new Error('no seed is left that the repository has not seen')
}
