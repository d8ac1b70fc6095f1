/** Throws a RangeError unless y failures in n runs make sense: whole numbers, 0 ≤ y ≤ n, n ≥ `fewestRuns`. */
export function assertCounts(failures: number, runs: number, fewestRuns = 1): void {
  const whole = Number.isInteger(failures) && Number.isInteger(runs)
  if (!whole || runs < fewestRuns || failures < 0 || failures > runs) {
    throw new RangeError(
      `failures and runs must be whole numbers with 0 <= ${failures} <= ${runs} and runs >= ${fewestRuns}`,
    )
  }
}

/** Throws a RangeError unless the level 1 − α lies in (0, 1). */
export function assertLevel(level: number): void {
  if (!(level > 0 && level < 1)) throw new RangeError(`the level must lie between 0 and 1, not at ${level}`)
}
