/** A stream of a row that competes for room in an answer. */
export interface Competitor {
  sizeBytes: number
  passed: boolean
}

/** Limits of single streams, of rows that passed and of others. */
export interface Limits {
  passed: number
  failed: number
}

/**
 * The limits under which everything together fits into `room` bytes: those that passed are cut first, and of either
 * kind the largest; what is below its limit stays whole.
 */
export function shareRoom(streams: readonly Competitor[], room: number, most: number): Limits {
  const sizes = (passed: boolean) =>
    streams.filter((stream) => stream.passed === passed).map(({ sizeBytes }) => Math.min(sizeBytes, most))
  const failed = sizes(false)
  const forPassed = room - sum(failed)
  if (forPassed >= 0) return { failed: most, passed: Math.min(most, waterLevel(sizes(true), forPassed)) }
  return { failed: Math.min(most, waterLevel(failed, room)), passed: 0 }
}

/** The highest level to which all may be filled: those that need less leave their room to the others. */
function waterLevel(sizes: readonly number[], room: number): number {
  const ascending = sizes.toSorted((a, b) => a - b)
  let left = Math.max(0, room)
  for (const [index, size] of ascending.entries()) {
    const share = Math.floor(left / (ascending.length - index))
    if (size > share) return share
    left -= size
  }
  return Number.POSITIVE_INFINITY
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
