const BITS = 32

/** One set of commits per commit: at the 10,000 commits of a search they take 12.5 MB. */
export interface CommitSets {
  has(owner: number, member: number): boolean
  count(owner: number): number
  /** Members of `owner`'s set that are not in `other`'s, ascending; all where `other` is −1. */
  difference(owner: number, other: number): Int32Array
}

/** The ancestors of each commit, itself among them. Parents come before their children. */
export function ancestorsOf(parents: readonly (readonly number[])[]): CommitSets {
  const words = Math.ceil(parents.length / BITS)
  const bits = new Uint32Array(parents.length * words)
  const row = (position: number) => bits.subarray(position * words, (position + 1) * words)
  for (const [position, of] of parents.entries()) {
    const own = row(position)
    for (const parent of of) unite(own, row(parent))
    own[position >>> 5] = (own[position >>> 5] ?? 0) | (1 << (position & 31))
  }
  const counts = Int32Array.from(parents, (_, position) => row(position).reduce((sum, word) => sum + ones(word), 0))
  return {
    has: (owner, member) => ((bits[owner * words + (member >>> 5)] ?? 0) & (1 << (member & 31))) !== 0,
    count: (owner) => counts[owner] ?? 0,
    difference: (owner, other) => members(row(owner), other === -1 ? new Uint32Array(words) : row(other)),
  }
}

function unite(into: Uint32Array, from: Uint32Array): void {
  for (let word = 0; word < into.length; word++) into[word] = (into[word] ?? 0) | (from[word] ?? 0)
}

function members(of: Uint32Array, without: Uint32Array): Int32Array {
  const found: number[] = []
  for (let word = 0; word < of.length; word++) {
    let left = (of[word] ?? 0) & ~(without[word] ?? 0)
    while (left !== 0) {
      found.push(word * BITS + BITS - 1 - Math.clz32(left & -left))
      left &= left - 1
    }
  }
  return Int32Array.from(found)
}

/** Ones among 32 bits (Hacker's Delight, 5–2). */
function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return (((fours + (fours >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
}
