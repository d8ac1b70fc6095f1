import { ancestorSums } from './ancestor-sums.ts'
import type { CommitRange } from './commit-range.ts'
import { divide } from './divide.ts'
import type { Outlook } from './expected-entropy.ts'
import type { Posterior } from './posterior.ts'

/** As many as are evenly spread over the posterior, and of those where runs tell most. */
const SHARES = 32
const TOP = 16
/** Candidates below it are left out of the choice. */
const LEAST_PROBABILITY = 1e-9

/** Commits worth running, with the posterior divided by which of them contain the culprit. */
export interface Places {
  positions: number[]
  /** How probable each part of the posterior is; the first one is "none", contained nowhere. */
  masses: number[]
  /** By place and part. */
  contains: Uint8Array[]
}

/** @param testable the commits to choose from */
export function placesOf(
  range: CommitRange,
  probabilities: Posterior,
  { expected }: Outlook,
  testable: readonly number[],
): Places {
  const telling = testable.toSorted((a, b) => (expected[a] ?? 0) - (expected[b] ?? 0)).slice(0, TOP)
  const positions = [...new Set([...telling, ...evenlySpread(range, probabilities, testable)])]
  return { positions, ...partsOf(range, probabilities, positions) }
}

/** The commits whose ancestors hold most nearly each of the shares 0, 1/32 … 1 of the posterior. */
function evenlySpread(range: CommitRange, { commits }: Posterior, testable: readonly number[]): number[] {
  const shares = ancestorSums(range, 1, (position) => commits.subarray(position, position + 1))
  const nearest = new Map<number, { position: number; distance: number }>()
  for (const position of testable) {
    const share = (shares[position] ?? 0) * SHARES
    const distance = Math.abs(share - Math.round(share))
    const known = nearest.get(Math.round(share))
    if (known === undefined || distance < known.distance) nearest.set(Math.round(share), { position, distance })
  }
  return [...nearest.values()].map(({ position }) => position)
}

function partsOf(
  range: CommitRange,
  { none, commits }: Posterior,
  positions: readonly number[],
): Omit<Places, 'positions'> {
  const partOf = Int32Array.from(commits, (probability) => (probability > LEAST_PROBABILITY ? 1 : -1))
  const places: Set<number>[] = [new Set(), new Set()]
  for (const [place, position] of positions.entries()) {
    divide(range, position, partOf, (old) => places.push(new Set(places[old]).add(place)) - 1)
  }
  const masses = places.map(() => 0)
  masses[0] = none
  for (const [position, part] of partOf.entries()) {
    if (part > 0) masses[part] = (masses[part] ?? 0) + (commits[position] ?? 0)
  }
  const contains = positions.map((_, place) => Uint8Array.from(places, (inside) => (inside.has(place) ? 1 : 0)))
  return { masses, contains }
}
