import type { Counts } from './culprit/counts.ts'
import { NO_RUNS, plus } from './culprit/counts.ts'
import { logSum } from './culprit/log-sum.ts'
import { logMarginal } from './culprit/marginal.ts'

export interface ChangePoint {
  /** Of the first commit with the other rate. */
  position: number
  /** How probable it is that the rate changed at this commit, given that it changed once between its neighbours. */
  probability: number
  /** Failure rates from the change point before it, or the first commit, up to it, and from it up to the next. */
  rateBefore: number
  rateFrom: number
  direction: 'rise' | 'fall'
}

export interface ChangePointOptions {
  /** How probable it must be that there was any change; people look at many tests. */
  level?: number
  most?: number
}

const DEFAULT_LEVEL = 0.99
const DEFAULT_MOST = 20
const LN_HALF = Math.log(0.5)

/**
 * Commits at which the failure rate of a test changed, in their order. The model is that of the culprit search
 * (culprit/likelihood.ts) made symmetric: without a change, with prior ½, all runs are of one unknown rate; with one at
 * commit c, L_c = m(before) m(from) + ½ m(before) · 1{every run from c on failed} + ½ m(from) · 1{every run before c
 * failed}. A rise and a fall are equally probable: the terms of P(p_from > p_before) and of its opposite add up to one.
 * The stretch is split at the most probable commit where a change has at least `level`, and so are its parts.
 *
 * @param commits runs by commit, oldest first; commits without runs move nothing
 */
export function changePoints(commits: readonly Counts[], options: ChangePointOptions = {}): ChangePoint[] {
  const positions = commits.flatMap(({ runs }, position) => (runs > 0 ? [position] : []))
  const tested = commits.filter(({ runs }) => runs > 0)
  return splitsOf(tested, options).map((split) => ({ ...split, position: positions[split.position] ?? 0 }))
}

function splitsOf(
  commits: readonly Counts[],
  { level = DEFAULT_LEVEL, most = DEFAULT_MOST }: ChangePointOptions,
): ChangePoint[] {
  const splits: { position: number; probability: number; weight: number }[] = []
  const stretches: [number, number][] = [[0, commits.length]]
  for (let stretch = stretches.pop(); stretch !== undefined; stretch = stretches.pop()) {
    const [from, to] = stretch
    const split = mostProbable(commits.slice(from, to))
    if (split === undefined || split.any < level) continue
    splits.push({ position: from + split.position, probability: split.probability, weight: split.any })
    stretches.push([from, from + split.position], [from + split.position, to])
  }
  const kept = splits.toSorted((a, b) => b.weight - a.weight).slice(0, most)
  return described(
    commits,
    kept.toSorted((a, b) => a.position - b.position),
  )
}

interface Split {
  position: number
  probability: number
  /** That there was a change at any commit. */
  any: number
}

/** Undefined where there is nothing to split. */
function mostProbable(commits: readonly Counts[]): Split | undefined {
  const all = commits.reduce(plus, NO_RUNS)
  const candidates = commits.length - 1
  if (candidates < 1 || all.failures === 0 || all.failures === all.runs) return undefined
  const logNone = LN_HALF + logMarginal(all)
  const logPrior = LN_HALF - Math.log(candidates)
  let before = NO_RUNS
  const logWeights = commits.map((counts, position) => {
    const from = { failures: all.failures - before.failures, runs: all.runs - before.runs }
    const logWeight = position === 0 ? Number.NEGATIVE_INFINITY : logPrior + logChange(before, from)
    before = plus(before, counts)
    return logWeight
  })
  const top = Math.max(logNone, ...logWeights)
  const none = Math.exp(logNone - top)
  const changed = logWeights.reduce((sum, logWeight) => sum + Math.exp(logWeight - top), 0)
  const best = Math.max(...logWeights)
  const probability = Math.exp(best - top) / (none + changed)
  return { position: logWeights.indexOf(best), probability, any: changed / (none + changed) }
}

function logChange(before: Counts, from: Counts): number {
  const [logBefore, logFrom] = [logMarginal(before), logMarginal(from)]
  const shift = logBefore + logFrom
  const broke = from.failures === from.runs ? LN_HALF + logBefore : Number.NEGATIVE_INFINITY
  const mended = before.failures === before.runs ? LN_HALF + logFrom : Number.NEGATIVE_INFINITY
  return logSum(shift, logSum(broke, mended))
}

function described(
  commits: readonly Counts[],
  splits: readonly { position: number; probability: number }[],
): ChangePoint[] {
  const ends = [0, ...splits.map(({ position }) => position), commits.length]
  const rateOf = (from: number, to: number): number => {
    const { failures, runs } = commits.slice(from, to).reduce(plus, NO_RUNS)
    return runs === 0 ? 0 : failures / runs
  }
  return splits.map(({ position, probability }, index) => {
    const rateBefore = rateOf(ends[index] ?? 0, position)
    const rateFrom = rateOf(position, ends[index + 2] ?? commits.length)
    return { position, probability, rateBefore, rateFrom, direction: rateFrom > rateBefore ? 'rise' : 'fall' }
  })
}
