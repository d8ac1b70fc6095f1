import type { CandidateClasses } from './candidate-classes.ts'
import type { CommitRange } from './commit-range.ts'

/**
 * The candidates that no run could ever tell from this one, itself among them, as the commits between them cannot be
 * run: all are contained in the same testable commits.
 */
export function inseparableFrom(
  position: number,
  range: CommitRange,
  { classOf }: CandidateClasses,
  untestable: ReadonlySet<number>,
): number[] {
  const testable = [...classOf.keys()].filter((other) => !untestable.has(other))
  return [...classOf.keys()].filter((other) => {
    if (classOf[other] !== classOf[position]) return false
    return other === position || testable.every((at) => range.contains(at, other) === range.contains(at, position))
  })
}
