/** A set of tests by their places, as ascending, disjoint ranges [from, to): half of 20,000 tests is one range. */
export type Ranges = readonly Range[]
export type Range = readonly [from: number, to: number]

export const sizeOf = (set: Ranges): number => set.reduce((size, [from, to]) => size + to - from, 0)

export const sameSet = (a: Ranges, b: Ranges): boolean =>
  a.length === b.length && a.every(([from, to], at) => from === b[at]?.[0] && to === b[at]?.[1])

/** The places in a set, ascending. */
export function* placesIn(set: Ranges): Generator<number> {
  for (const [from, to] of set) for (let place = from; place < to; place++) yield place
}

/** All of several disjoint sets, ranges that touch made one. */
export function unionOf(sets: readonly Ranges[]): Ranges {
  const sorted = sets.flat().toSorted((a, b) => a[0] - b[0])
  const union: [number, number][] = []
  for (const [from, to] of sorted) {
    const last = union.at(-1)
    if (last !== undefined && last[1] === from) last[1] = to
    else union.push([from, to])
  }
  return union
}

/** Cuts a set of two or more into a first half and the rest. */
export function halvesOf(set: Ranges): readonly [Ranges, Ranges] {
  let left = Math.ceil(sizeOf(set) / 2)
  const first: Range[] = []
  const second: Range[] = []
  for (const [from, to] of set) {
    const middle = Math.min(to, from + left)
    if (middle > from) first.push([from, middle])
    if (to > middle) second.push([middle, to])
    left -= middle - from
  }
  return [first, second]
}
