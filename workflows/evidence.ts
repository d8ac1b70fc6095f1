import { checkEvidence } from './activities.ts'
import type { LaneInput } from './api.ts'

/** Looks at the evidence while as many runs are made as there are slots. */
const LOOKS_PER_ROUND = 4
/** With many runs in hand a few more decide little, and each look reads all of them. */
const LEAST_GROWTH = 1 / 20
/** Runs beyond the longest finished prefix, at least: they count for nothing before the slow ones below them have ended. */
const LEAST_AHEAD = 200
const ROUNDS_AHEAD = 4

/** When to ask whether a commit has enough runs, and what came of it. What they say is worked out by an activity. */
export class Evidence {
  /** That was found once and for all. */
  isDecided = false
  readonly #input: LaneInput
  #weighed = 0

  constructor(input: LaneInput) {
    this.#input = input
  }

  /** False where the number of runs is given. */
  get decides(): boolean {
    return this.#input.plan.until !== undefined
  }

  /** Whether enough runs have joined the longest finished prefix for another look. */
  isWorthALook(prefix: number, slots: number): boolean {
    const fewest = Math.max(1, Math.ceil(slots / LOOKS_PER_ROUND), Math.floor(prefix * LEAST_GROWTH))
    return this.decides && prefix - this.#weighed >= fewest
  }

  /** Looks at the runs of the prefix, unless that was done already. Costs 1 event. */
  async weigh(prefix: number): Promise<boolean> {
    if (!this.decides || this.isDecided || prefix === this.#weighed) return this.isDecided
    const { plan, sha } = this.#input
    this.#weighed = prefix
    const { stop } = await checkEvidence({ suite: plan.suite, sha, below: prefix })
    this.isDecided ||= stop
    return this.isDecided
  }

  /** Whether a run is too far from what counts to be worth making now. */
  isTooFarAhead(attempt: number, prefix: number, slots: number): boolean {
    return this.decides && attempt - prefix >= Math.max(LEAST_AHEAD, ROUNDS_AHEAD * slots)
  }
}
