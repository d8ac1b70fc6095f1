import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commitRange, linearRange } from '../../../../src/stats/culprit/commit-range.ts'
import { anyParents } from './histories.ts'

/** Whether `candidate` is `tested` or an ancestor, by walking. */
function isContained(parents: number[][], tested: number, candidate: number): boolean {
  return tested === candidate || (parents[tested] ?? []).some((parent) => isContained(parents, parent, candidate))
}

const positionsOf = (parents: number[][]) => [...parents.keys()]

describe('a range of commits', () => {
  it('contains at each commit its ancestors and the commit itself', () => {
    fc.assert(
      fc.property(anyParents(14), (parents) => {
        const range = commitRange(parents)
        for (const tested of positionsOf(parents)) {
          const contained = positionsOf(parents).filter((candidate) => range.contains(tested, candidate))
          expect(contained).toEqual(positionsOf(parents).filter((c) => isContained(parents, tested, c)))
        }
      }),
    )
  })

  it('adds to the ancestors of the main parent just those which that one lacks', () => {
    fc.assert(
      fc.property(anyParents(40), (parents) => {
        const range = commitRange(parents)
        for (const position of positionsOf(parents)) {
          const parent = range.mainParent[position] ?? -1
          const lacking = positionsOf(parents).filter(
            (other) => range.contains(position, other) && (parent === -1 || !range.contains(parent, other)),
          )
          expect([...Array.from(range.added(position))]).toEqual(lacking)
        }
      }),
    )
  })

  it('is linear where each commit has the one before it as its only parent', () => {
    const range = commitRange([[], [0], [1], [2]])
    expect([range.contains(2, 1), range.contains(1, 2), range.contains(2, 2)]).toEqual([true, false, true])
    expect(range.mainParent).toEqual(linearRange(4).mainParent)
  })

  it('is refused where a parent does not come first', () => {
    expect(() => commitRange([[], [2], [0]])).toThrow('parent 2 of commit 1 must be a position before it')
    expect(() => commitRange([[0]])).toThrow(RangeError)
  })
})
