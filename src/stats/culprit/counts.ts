/** Failures among the runs that gave a result: y of n. */
export interface Counts {
  failures: number
  runs: number
}

/** The runs at one commit of the range. */
export interface Observation extends Counts {
  position: number
}

/** What a search knows. The order of observations, and their splitting at one position, mean nothing. */
export interface SearchEvidence {
  /** Runs with a result; infrastructure errors and cancelled runs are no runs here. Earlier runs count as new ones do. */
  observations: readonly Observation[]
  /** Commits that do not build or cannot be run: never chosen again, and they move nothing. */
  untestable?: ReadonlySet<number>
}

export const NO_RUNS: Counts = { failures: 0, runs: 0 }

export const plus = (a: Counts, b: Counts): Counts => ({ failures: a.failures + b.failures, runs: a.runs + b.runs })

/**
 * Observations added up by position, oldest first, positions without runs left out.
 *
 * @throws RangeError where counts make no sense or the position is not in the range
 */
export function countsByPosition(observations: readonly Observation[], size: number): Map<number, Counts> {
  const sums = new Map<number, Counts>()
  for (const { position, failures, runs } of observations) {
    assertObservation({ position, failures, runs }, size)
    if (runs > 0) sums.set(position, plus(sums.get(position) ?? NO_RUNS, { failures, runs }))
  }
  return new Map([...sums].toSorted(([a], [b]) => a - b))
}

function assertObservation({ position, failures, runs }: Observation, size: number): void {
  if (!Number.isInteger(position) || position < 0 || position >= size) {
    throw new RangeError(`position ${position} must be a whole number from 0 to ${size - 1}`)
  }
  if (!Number.isInteger(failures) || !Number.isInteger(runs) || failures < 0 || failures > runs) {
    throw new RangeError(`failures and runs must be whole numbers with 0 <= ${failures} <= ${runs}`)
  }
}
