import { ancestorsOf, type CommitSets } from './commit-sets.ts'

/**
 * The commits of a search, by position: 0 … size − 1 in topological order, oldest first. Position 0 is the known good
 * base, or the oldest commit there is: it is before every candidate. Candidates are positions 1 … size − 1.
 */
export interface CommitRange {
  readonly size: number
  /** Whether a run at `tested` ran the code of `candidate`: an ancestor of it, or the commit itself. */
  contains(tested: number, candidate: number): boolean
  /** The parent with the most ancestors, −1 where none is in the range: sums over ancestors start from its sum. */
  readonly mainParent: Int32Array
  /** The ancestors that the main parent lacks, the commit itself among them; its position is last. */
  added(position: number): ArrayLike<number>
}

/** History with one parent each, or the first parents of one with merges. */
export function linearRange(size: number): CommitRange {
  return {
    size,
    contains: (tested, candidate) => candidate <= tested,
    mainParent: Int32Array.from({ length: size }, (_, position) => position - 1),
    added: (position) => [position],
  }
}

/**
 * History with merges.
 *
 * @param parents of each position, as positions; parents outside the range are left out
 * @throws RangeError where a parent does not come before its child
 */
export function commitRange(parents: readonly (readonly number[])[]): CommitRange {
  assertTopological(parents)
  if (parents.every((of, position) => position === 0 || (of.length === 1 && of[0] === position - 1))) {
    return linearRange(parents.length)
  }
  const ancestors = ancestorsOf(parents)
  const mainParent = Int32Array.from(parents, (of) => mostAncestors(of, ancestors))
  return {
    size: parents.length,
    contains: (tested, candidate) => ancestors.has(tested, candidate),
    mainParent,
    added: addedBy(ancestors, mainParent),
  }
}

function mostAncestors(positions: readonly number[], ancestors: CommitSets): number {
  return positions.reduce((best, position) => {
    return best === -1 || ancestors.count(position) > ancestors.count(best) ? position : best
  }, -1)
}

function addedBy(ancestors: CommitSets, mainParent: Int32Array): (position: number) => Int32Array {
  const lists = Array.from(mainParent, (parent, position) => ancestors.difference(position, parent))
  return (position) => lists[position] ?? new Int32Array()
}

function assertTopological(parents: readonly (readonly number[])[]): void {
  for (const [position, of] of parents.entries()) {
    for (const parent of of) {
      if (Number.isInteger(parent) && parent >= 0 && parent < position) continue
      throw new RangeError(`parent ${parent} of commit ${position} must be a position before it`)
    }
  }
}
