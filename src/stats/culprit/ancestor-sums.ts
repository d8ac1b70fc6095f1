import type { CommitRange } from './commit-range.ts'

/**
 * For each position the sums over its ancestors, itself among them, in rows of `columns` numbers: its main parent's
 * row and what the few ancestors add that this parent lacks, which with linear history are prefix sums.
 *
 * @param rowOf what a commit adds; undefined where nothing
 */
export function ancestorSums(
  range: CommitRange,
  columns: number,
  rowOf: (position: number) => Float64Array | undefined,
): Float64Array {
  const sums = new Float64Array(range.size * columns)
  for (let position = 0; position < range.size; position++) {
    const start = position * columns
    const parent = range.mainParent[position] ?? -1
    if (parent >= 0) sums.copyWithin(start, parent * columns, (parent + 1) * columns)
    const added = range.added(position)
    for (let index = 0; index < added.length; index++) {
      const row = rowOf(added[index] ?? position)
      if (row === undefined) continue
      for (let column = 0; column < columns; column++) {
        sums[start + column] = (sums[start + column] ?? 0) + (row[column] ?? 0)
      }
    }
  }
  return sums
}
