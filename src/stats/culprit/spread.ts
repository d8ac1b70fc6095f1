import { type BatchCosts, costOf, horizonsOf } from './batch.ts'
import { type Channel, channelOf, jointInformation } from './channel.ts'
import type { Places } from './places.ts'

/** 2^commits outcomes are gone through for each choice. */
const MOST_COMMITS = 6

/**
 * Commits over which the runs of a batch are best spread: several where each needs few runs to be told, one where the
 * noise is so high, or preparing so dear, that it is better to put all runs there.
 *
 * Weighed as if both rates were known, each commit's runs reduced to "many failed" or not, so that all combinations of
 * outcomes can be gone through. Chosen one after the other, each by what it adds (greedy, as the information of a set
 * has diminishing returns: Nemhauser, Wolsey & Fisher 1978).
 */
export function spread(places: Places, rates: { before: number; from: number }, costs: BatchCosts): number[] {
  const most = Math.min(MOST_COMMITS, costs.maxCommits, costs.width, places.positions.length)
  let best: number[] = []
  let highest = 0
  for (const runs of horizonsOf(costs)) {
    for (let count = 1; count <= most; count++) {
      const channel = channelOf(rates, Math.floor(runs / count))
      const { positions, information } = chooseGreedily(places, channel, count)
      const value = information / costOf(positions, runs, costs)
      if (value <= highest) continue
      highest = value
      best = positions
    }
  }
  return best
}

interface Choice {
  positions: number[]
  /** By part of the posterior: which of the positions contain it, as bits. */
  patterns: Uint8Array
  information: number
}

function chooseGreedily(places: Places, channel: Channel, count: number): Choice {
  let chosen: Choice = { positions: [], patterns: new Uint8Array(places.masses.length), information: 0 }
  while (chosen.positions.length < count) {
    const choices = places.positions.map((_, place) => withPlace(chosen, place, places, channel))
    chosen = choices.reduce((best, choice) => (choice.information > best.information ? choice : best))
  }
  return chosen
}

function withPlace({ positions, patterns }: Choice, place: number, places: Places, channel: Channel): Choice {
  const bit = 1 << positions.length
  const contains = places.contains[place]
  const extended = patterns.map((pattern, part) => (contains?.[part] === 1 ? pattern | bit : pattern))
  const masses = new Float64Array(2 * bit)
  for (const [part, pattern] of extended.entries()) {
    masses[pattern] = (masses[pattern] ?? 0) + (places.masses[part] ?? 0)
  }
  const position = places.positions[place] ?? 0
  return { positions: [...positions, position], patterns: extended, information: jointInformation(masses, channel) }
}
