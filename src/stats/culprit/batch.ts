/** Runs to make at the same time, by commit. */
export type Batch = { position: number; runs: number }[]

/** What runs cost and how many are made at once. */
export interface BatchCosts {
  /** How many runs a batch has: the parallelism. */
  width: number
  /** What it costs to prepare a commit, in runs. */
  preparing: number
  /** Commits that are prepared already. */
  prepared: ReadonlySet<number>
  /** The most commits in one batch. */
  maxCommits: number
}

const LONGEST_HORIZON = 32

/**
 * For how many runs a choice is weighed: for the batch, and where preparing costs more than that for as many as it
 * costs, as the later runs of a prepared commit pay for it too. A choice is worth what it is at the better of them.
 */
export function horizonsOf({ width, preparing }: BatchCosts): number[] {
  const long = Math.min(LONGEST_HORIZON, Math.ceil(preparing))
  return long > width ? [width, long] : [width]
}

/** The cost of `runs` runs at these commits, in runs. */
export function costOf(positions: readonly number[], runs: number, { preparing, prepared }: BatchCosts): number {
  const unprepared = new Set(positions.filter((position) => !prepared.has(position)))
  return runs + preparing * unprepared.size
}
