import type { Counts } from '../../../src/stats/culprit/counts.ts'
import type { Blame } from './bisection.ts'

/**
 * The noisy binary search of Google's Flake Aware Culprit Finding (Henderson, Dorward, Nickell, Johnston & Kondareddy,
 * ICST 2023) for one run at a time: from the culprit on every run fails, before it a run fails at a known flake rate.
 * Each result multiplies the probabilities of the suspects; run next is the commit where half of the probability lies
 * up to it, or most nearly so. It stops where one suspect is as probable as asked for. The prior is uniform.
 */
export function noisyBinarySearch(
  size: number,
  runAt: (position: number, runs: number) => Counts,
  flakeRate: number,
  confidence: number,
): Blame {
  let suspects = Float64Array.from({ length: size }, (_, position) => (position === 0 ? 0 : 1 / (size - 1)))
  for (let runs = 0; ; runs++) {
    const likeliest = suspects.reduce((best, of, position) => (of > (suspects[best] ?? 0) ? position : best), 1)
    if ((suspects[likeliest] ?? 0) >= confidence) return { position: likeliest, runs }
    const chosen = middleOf(suspects)
    const failed = runAt(chosen, 1).failures === 1
    const likelihood = (suspect: number) => (suspect <= chosen ? Number(failed) : failed ? flakeRate : 1 - flakeRate)
    const weights = suspects.map((of, suspect) => of * likelihood(suspect))
    const sum = weights.reduce((a, b) => a + b, 0)
    suspects = weights.map((weight) => weight / sum)
  }
}

function middleOf(suspects: Float64Array): number {
  let [middle, nearest, sum] = [1, Number.POSITIVE_INFINITY, 0]
  for (const [position, of] of suspects.entries()) {
    sum += of
    if (position === 0 || Math.abs(sum - 0.5) >= nearest) continue
    nearest = Math.abs(sum - 0.5)
    middle = position
  }
  return middle
}
