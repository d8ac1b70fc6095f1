import { seededRandom } from '../../src/stats/seeded-random.ts'

/** What can be done to a part: ended at once, asked to end, held still; connections cut. It comes back after a while. */
export type FaultKind = 'kill' | 'terminate' | 'freeze' | 'cut'

export interface Fault {
  /** From the beginning, in ms. */
  atMs: number
  part: string
  kind: FaultKind
  /** How long it is away or still, in ms. */
  forMs: number
}

export interface Schedule {
  seed: number
  durationMs: number
  /** What each part can suffer. */
  parts: ReadonlyMap<string, readonly FaultKind[]>
}

/** Between two faults; a part that suffers one misses the next. */
const SHORTEST_GAP_MS = 1_000
const LONGEST_GAP_MS = 5_000
const SHORTEST_MS = 200
/** Longer than the time after which a silent host is given up (5 s). */
const LONGEST_MS = 8_000

/** The faults of a seed, in order of time: the same ones each time. */
export function schedule({ seed, durationMs, parts }: Schedule): Fault[] {
  const random = seededRandom(seed)
  const between = (least: number, most: number): number => Math.round(least + random() * (most - least))
  const names = [...parts.keys()]
  const faults: Fault[] = []
  for (let atMs = between(SHORTEST_GAP_MS, LONGEST_GAP_MS); atMs < durationMs; ) {
    const part = names[Math.floor(random() * names.length)] ?? ''
    const kinds = parts.get(part) ?? []
    const kind = kinds[Math.floor(random() * kinds.length)]
    if (kind !== undefined) faults.push({ atMs, part, kind, forMs: between(SHORTEST_MS, LONGEST_MS) })
    atMs += between(SHORTEST_GAP_MS, LONGEST_GAP_MS)
  }
  return faults
}
