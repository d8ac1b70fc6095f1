import type { CandidateClasses } from './candidate-classes.ts'
import type { Posterior } from './posterior.ts'

/** The failure rates before the culprit and from it on, by the means of their Beta posteriors and over the candidates. */
export function meanRates(
  { classes, classOf }: CandidateClasses,
  { commits }: Posterior,
): { before: number; from: number } {
  let [before, from, all] = [0, 0, 0]
  for (const [position, index] of classOf.entries()) {
    const probability = commits[position] ?? 0
    const counts = classes[index]
    if (counts === undefined) continue
    before += (probability * (counts.before.failures + 0.5)) / (counts.before.runs + 1)
    from += (probability * (counts.from.failures + 0.5)) / (counts.from.runs + 1)
    all += probability
  }
  return { before: before / all, from: from / all }
}
