import type { CandidateClasses } from './candidate-classes.ts'
import { channelOf, jointInformation } from './channel.ts'
import { type Counts, NO_RUNS, plus } from './counts.ts'
import { boundsAt, type Ends, endsBatch } from './ends.ts'
import { meanRates } from './mean-rates.ts'
import { entropyOf, type Posterior } from './posterior.ts'

/** Runs at one commit, for the information that they give together. */
const RUNS_AT_ONCE = 8
/** Where an estimate goes beyond, it means no more than that. */
const MOST_RUNS = 100_000

export interface Wanted {
  confidence: number
  minIncrease: number
}

/** About how many more runs lead to an answer, at the rates seen so far: to whichever answer is nearer. */
export function runsNeeded(ends: Ends, sorted: CandidateClasses, probabilities: Posterior, wanted: Wanted): number {
  return Math.min(runsToNoIncrease(ends, sorted, wanted), runsToCulprit(sorted, probabilities, wanted.confidence))
}

/**
 * H/C + ln(odds wanted / odds of the likeliest)/D (Burnashev 1976, "Data transmission over a discrete channel with
 * feedback"): H the entropy of the posterior, C the information of a run where it tells most, D that of one which
 * confirms.
 */
function runsToCulprit(sorted: CandidateClasses, probabilities: Posterior, confidence: number): number {
  const rates = meanRates(sorted, probabilities)
  if (!(rates.from > rates.before)) return MOST_RUNS
  const finding = jointInformation([0.5, 0.5], channelOf(rates, RUNS_AT_ONCE)) / RUNS_AT_ONCE
  const confirming = Math.min(divergence(rates.before, rates.from), divergence(rates.from, rates.before))
  const likeliest = Math.max(
    0.5,
    probabilities.commits.reduce((most, each) => Math.max(most, each), 0),
  )
  const missing = Math.max(0, logOdds(confidence) - logOdds(likeliest))
  return Math.min(MOST_RUNS, Math.ceil(entropyOf(probabilities) / finding + missing / confirming))
}

const logOdds = (probability: number): number => Math.log(probability) - Math.log1p(-probability)

/** Kullback–Leibler divergence of a run, in nats. */
function divergence(of: number, from: number): number {
  return of * Math.log(of / from) + (1 - of) * Math.log((1 - of) / (1 - from))
}

/** MOST_RUNS where the rates at the two ends are too far apart. */
function runsToNoIncrease(ends: Ends, sorted: CandidateClasses, { confidence, minIncrease }: Wanted): number {
  const isEnough = (runs: number) => {
    const { rateBase, rateHead } = boundsAt(ends, grown(ends, sorted, runs), 1 - confidence)
    return rateHead.high - rateBase.low < minIncrease
  }
  let [tooFew, enough] = [0, RUNS_AT_ONCE]
  while (!isEnough(enough)) {
    if (enough >= MOST_RUNS) return MOST_RUNS
    ;[tooFew, enough] = [enough, 2 * enough]
  }
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2)
    if (isEnough(middle)) enough = middle
    else tooFew = middle
  }
  return enough
}

/** The runs at the ends after some more, failing as often as those before. */
function grown(ends: Ends, sorted: CandidateClasses, runs: number): Map<number, Counts> {
  const tested = new Map(sorted.tested)
  for (const { position, runs: more } of endsBatch(ends, sorted, runs)) {
    const counts = tested.get(position) ?? NO_RUNS
    const rate = (counts.failures + 0.5) / (counts.runs + 1)
    tested.set(position, plus(counts, { failures: Math.round(rate * more), runs: more }))
  }
  return tested
}
