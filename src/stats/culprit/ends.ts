import type { Interval } from '../../contract/index.ts'
import { alwaysValid } from '../always-valid.ts'
import { ancestorSums } from './ancestor-sums.ts'
import type { Batch } from './batch.ts'
import type { CandidateClasses } from './candidate-classes.ts'
import type { CommitRange } from './commit-range.ts'
import { type Counts, NO_RUNS, type SearchEvidence } from './counts.ts'
import { logMarginal } from './marginal.ts'

/** The commits that can be run with the fewest and the most candidates in them: their rates need no culprit. */
export interface Ends {
  base: number
  head: number
}

/** Positions 0 and size − 1, or the nearest to them in what they contain; null where fewer than two can be run. */
export function endsOf(range: CommitRange, { untestable }: SearchEvidence): Ends | null {
  const isTestable = (position: number) => untestable?.has(position) !== true
  const newest = range.size - 1
  if (newest > 0 && isTestable(0) && isTestable(newest)) return { base: 0, head: newest }
  const contained = ancestorSums(range, 1, () => ONE)
  const testable = [...contained.keys()].filter(isTestable)
  const byContent = testable.toSorted((a, b) => (contained[a] ?? 0) - (contained[b] ?? 0))
  const [base, head] = [byContent[0], byContent.at(-1)]
  return base === undefined || head === undefined || base === head ? null : { base, head }
}

const ONE = Float64Array.of(1)

/** Bounds of the rates at the two ends, each always-valid at α/2. */
export interface EndBounds {
  rateBase: Interval
  rateHead: Interval
}

export interface NoIncrease extends EndBounds {
  /** Whether the rate is shown to have fallen. */
  decrease: boolean
}

/** @param alpha 1 − the confidence asked for */
export function boundsAt({ base, head }: Ends, tested: ReadonlyMap<number, Counts>, alpha: number): EndBounds {
  const bounds = ({ failures, runs }: Counts) => alwaysValid(failures, runs, 1 - alpha / 2)
  return { rateBase: bounds(tested.get(base) ?? NO_RUNS), rateHead: bounds(tested.get(head) ?? NO_RUNS) }
}

/**
 * Whether the runs at the two ends show that the rate rose by less than `minIncrease` or not at all:
 * U_head − L_base < δ. The claim is wrong with probability ≤ α, however often it is looked at.
 *
 * @returns null where they do not show it yet
 */
export function noIncrease(
  ends: Ends,
  { tested }: CandidateClasses,
  minIncrease: number,
  alpha: number,
): NoIncrease | null {
  const bounds = boundsAt(ends, tested, alpha)
  if (bounds.rateHead.high - bounds.rateBase.low >= minIncrease) return null
  return { ...bounds, decrease: hasFallen(tested.get(ends.base) ?? NO_RUNS, tested.get(ends.head) ?? NO_RUNS, alpha) }
}

function hasFallen(before: Counts, from: Counts, alpha: number): boolean {
  return from.failures * before.runs < before.failures * from.runs && logChange(before, from) >= -Math.log(alpha)
}

/**
 * ln of the e-process for "the rates differ": m(y₁, n₁) m(y₂, n₂) / sup_p p^(y₁+y₂) (1−p)^(n₁+n₂−y₁−y₂). Where they do
 * not, it ever reaches 1/α with probability ≤ α.
 */
export function logChange(one: Counts, other: Counts): number {
  const runs = one.runs + other.runs
  const failures = one.failures + other.failures
  return logMarginal(one) + logMarginal(other) - timesLog(failures, runs) - timesLog(runs - failures, runs)
}

const timesLog = (part: number, all: number): number => (part === 0 ? 0 : part * Math.log(part / all))

/**
 * Shares runs out between the two ends so that U_head − L_base falls fastest: each run goes where it narrows the
 * interval more, whose width is about proportional to √(p(1 − p)/n).
 */
export function endsBatch({ base, head }: Ends, { tested }: CandidateClasses, width: number): Batch {
  const runs = new Map([base, head].map((position) => [position, 0]))
  const need = (position: number) => {
    const { failures, runs: done } = tested.get(position) ?? NO_RUNS
    const rate = (failures + 0.5) / (done + 1)
    return (rate * (1 - rate)) / (done + (runs.get(position) ?? 0)) ** 3
  }
  for (let run = 0; run < width; run++) {
    const position = need(base) > need(head) ? base : head
    runs.set(position, (runs.get(position) ?? 0) + 1)
  }
  return [...runs].filter(([, count]) => count > 0).map(([position, count]) => ({ position, runs: count }))
}
