import { formatRunId, type Outcome, type SearchReport } from '../../src/contract/index.ts'
import type { RoundOutcome } from '../../src/store/searches/round-rows.ts'
import type { StoredRound } from '../../src/store/searches/search-store.ts'
import type { Store } from '../../src/store/store.ts'
import type { Knowledge } from './knowledge.ts'

const FAILURES: readonly Outcome[] = ['failed', 'timed_out', 'crashed']

/** A run of this search that failed at the culprit, or at a commit after it; null where only earlier suites have one. */
export async function findExample(
  { results }: Store,
  {
    knowledge: { range, commits },
    rounds,
    outcomes,
  }: { knowledge: Knowledge; rounds: readonly StoredRound[]; outcomes: readonly RoundOutcome[] },
  culprit: number,
): Promise<SearchReport['example']> {
  const failed = [...rounds.flatMap((round) => round.outcomes ?? []), ...outcomes]
    .filter(({ position, failures }) => failures > 0 && range.contains(position, culprit))
    .toSorted((a, b) => a.position - b.position)
  for (const { suite, position } of failed) {
    const sha = commits[position]?.sha ?? ''
    for (const outcome of FAILURES) {
      const [run] = await results.list({ suite, sha, outcome, limit: 1 })
      if (run !== undefined) return { run: formatRunId(run), replay: `commit-suite replay ${formatRunId(run)}` }
    }
  }
  return null
}
