import betaln from '@stdlib/math-base-special-betaln'

/** The probability that "many failed" of a commit's runs, before the culprit and from it on. */
export interface Channel {
  before: number
  from: number
}

/** What `runs` runs at a commit say, reduced to one bit: the threshold is where it tells most. */
export function channelOf(rates: { before: number; from: number }, runs: number): Channel {
  let best: Channel = { before: 0, from: 0 }
  let [before, from] = [0, 0]
  for (let threshold = runs; threshold >= 1; threshold--) {
    before += binomial(threshold, runs, rates.before)
    from += binomial(threshold, runs, rates.from)
    const channel = { before: Math.min(1, before), from: Math.min(1, from) }
    if (jointInformation([0.5, 0.5], channel) > jointInformation([0.5, 0.5], best)) best = channel
  }
  return best
}

function binomial(failures: number, runs: number, rate: number): number {
  const logChoices = -Math.log(runs + 1) - betaln(runs - failures + 1, failures + 1)
  return Math.exp(logChoices + failures * Math.log(rate) + (runs - failures) * Math.log1p(-rate))
}

/**
 * The information (in nats) of one bit per commit about the culprit.
 *
 * @param masses how probable it is that the culprit is contained in just the commits of the index's bits
 */
export function jointInformation(masses: ArrayLike<number>, { before, from }: Channel): number {
  const commits = Math.log2(masses.length)
  let information = 0
  for (let outcome = 0; outcome < masses.length; outcome++) {
    let probability = 0
    for (let pattern = 0; pattern < masses.length; pattern++) {
      const mass = masses[pattern] ?? 0
      if (mass > 0) probability += mass * chanceOf(outcome, pattern, commits, before, from)
    }
    if (probability > 0) information -= probability * Math.log(probability)
  }
  const [unsureBefore, unsureFrom] = [entropyOfBit(before), entropyOfBit(from)]
  for (let pattern = 0; pattern < masses.length; pattern++) {
    for (let commit = 0; commit < commits; commit++) {
      information -= (masses[pattern] ?? 0) * ((pattern >> commit) & 1 ? unsureFrom : unsureBefore)
    }
  }
  return information
}

function chanceOf(outcome: number, pattern: number, commits: number, before: number, from: number): number {
  let chance = 1
  for (let commit = 0; commit < commits; commit++) {
    const many = (pattern >> commit) & 1 ? from : before
    chance *= (outcome >> commit) & 1 ? many : 1 - many
  }
  return chance
}

function entropyOfBit(probability: number): number {
  if (probability <= 0 || probability >= 1) return 0
  return -probability * Math.log(probability) - (1 - probability) * Math.log1p(-probability)
}
