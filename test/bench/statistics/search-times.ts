import { type CommitRange, commitRange, linearRange } from '../../../src/stats/culprit/commit-range.ts'
import { decideSearch } from '../../../src/stats/culprit/decide.ts'
import { nextBatch } from '../../../src/stats/culprit/next-batch.ts'
import { mergeHistory } from '../../support/merge-history.ts'
import { seededRandom } from '../../support/random.ts'
import { runAt } from '../../support/simulated-search.ts'
import type { Figure, Scale } from '../figure.ts'

const SEED = 20_240_903
const ROUNDS = 30

/** How long a round of a search takes to compute: what the runs say, and what to run next. */
export function searchTimes(scale: Scale): Figure[] {
  const goals = [
    { commits: 128, goal: 100 },
    { commits: 10_000, goal: 500 },
  ]
  return goals.flatMap(({ commits, goal }) => {
    const parents = mergeHistory(commits, seededRandom(SEED))
    const beganAtMs = performance.now()
    const merged = commitRange(parents)
    const readMs = performance.now() - beganAtMs
    return [
      { name: `${commits} commits: a round`, unit: 'ms', samples: roundsMs(linearRange(commits), scale(ROUNDS)), goal },
      { name: `${commits} commits with merges: a round`, unit: 'ms', samples: roundsMs(merged, scale(ROUNDS)), goal },
      { name: `${commits} commits with merges: their ancestry`, unit: 'ms', samples: [readMs], goal },
    ] satisfies Figure[]
  })
}

/** Rounds of searches whose rates lie near each other, so that there are many. */
function roundsMs(range: CommitRange, rounds: number): number[] {
  const random = seededRandom(SEED)
  const run = runAt({ range, culprit: Math.floor(range.size / 3), rateBefore: 0.05, rateFrom: 0.2 }, random)
  const observations = [0, range.size - 1].map((position) => ({ position, ...run(position, 200) }))
  return Array.from({ length: rounds }, () => {
    const beganAtMs = performance.now()
    decideSearch(range, { observations })
    const batch = nextBatch(range, { observations }, { width: 8 })
    const tookMs = performance.now() - beganAtMs
    for (const { position, runs } of batch) observations.push({ position, ...run(position, runs) })
    return tookMs
  })
}
