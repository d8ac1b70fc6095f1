import fc from 'fast-check'
import type { Observation } from '../../../../src/stats/culprit/counts.ts'

/** Parents by position: linear, with merges, with several roots. */
export function anyParents(most: number): fc.Arbitrary<number[][]> {
  const linear = fc.integer({ min: 1, max: most }).map((size) => {
    return Array.from({ length: size }, (_, position) => (position === 0 ? [] : [position - 1]))
  })
  const shares = fc.array(fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 3 }), {
    minLength: 1,
    maxLength: most,
  })
  const any = shares.map((of) =>
    // The square prefers recent parents, as real histories do.
    of.map((each, position) => {
      if (position === 0) return []
      return [...new Set(each.map((share) => position - 1 - Math.floor(share ** 2 * position)))]
    }),
  )
  return fc.oneof(linear, any)
}

/** Some runs at some commits. */
function anyObservations(size: number, mostRuns = 12): fc.Arbitrary<Observation[]> {
  const observation = fc.record({
    position: fc.integer({ min: 0, max: size - 1 }),
    runs: fc.integer({ min: 0, max: mostRuns }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  return fc.array(
    observation.map(({ position, runs, share }) => ({ position, runs, failures: Math.round(share * runs) })),
    { maxLength: 8 },
  )
}

export const anyHistory = (most: number) =>
  anyParents(most).chain((parents) =>
    fc.record({ parents: fc.constant(parents), observations: anyObservations(parents.length) }),
  )
