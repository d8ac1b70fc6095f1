import type { CommitRange } from './commit-range.ts'

/**
 * Splits classes of candidates by whether a commit contains them: those that it contains move to a class of their own.
 *
 * @param classOf by position, negative for those that are in no class
 * @param split makes the new class from the old one and answers its number
 */
export function divide(
  range: CommitRange,
  position: number,
  classOf: Int32Array,
  split: (old: number) => number,
): void {
  const containedOf = new Map<number, number>()
  for (let candidate = 1; candidate <= position; candidate++) {
    const old = classOf[candidate] ?? -1
    if (old < 0 || !range.contains(position, candidate)) continue
    let contained = containedOf.get(old)
    if (contained === undefined) {
      contained = split(old)
      containedOf.set(old, contained)
    }
    classOf[candidate] = contained
  }
}
