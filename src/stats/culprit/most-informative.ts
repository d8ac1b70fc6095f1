import { type BatchCosts, costOf } from './batch.ts'
import type { Outlook } from './expected-entropy.ts'

/** The commit where runs lower the expected entropy most for what they cost; null where no commit is left. */
export function mostInformative(
  entropyNow: number,
  outlooks: readonly Outlook[],
  positions: readonly number[],
  costs: BatchCosts,
): number | null {
  let best: number | null = null
  let highest = Number.NEGATIVE_INFINITY
  for (const position of positions) {
    const values = outlooks.map(({ runs, expected }) => {
      return (entropyNow - (expected[position] ?? entropyNow)) / costOf([position], runs, costs)
    })
    const value = Math.max(...values)
    if (value <= highest) continue
    highest = value
    best = position
  }
  return best
}
