import { describe, expect, it } from 'vitest'
import { classify } from '../../../../src/stats/culprit/candidate-classes.ts'
import { linearRange } from '../../../../src/stats/culprit/commit-range.ts'
import { outlookOf } from '../../../../src/stats/culprit/expected-entropy.ts'
import { placesOf } from '../../../../src/stats/culprit/places.ts'
import { posterior } from '../../../../src/stats/culprit/posterior.ts'

const range = linearRange(400)

function placesAfter(observations: { position: number; failures: number; runs: number }[], untestable: number[] = []) {
  const outlook = outlookOf(range, classify(range, { observations }), {}, 8)
  const testable = Array.from({ length: 400 }, (_, position) => position).filter((p) => !untestable.includes(p))
  return placesOf(range, posterior(range, { observations }), outlook, testable)
}

const ends = [
  { position: 0, failures: 2, runs: 100 },
  { position: 399, failures: 80, runs: 100 },
]

describe('the commits that a batch may be spread over', () => {
  it('lie all over the range where the culprit may be anywhere', () => {
    const { positions } = placesAfter(ends)
    for (let least = 0; least < 390; least += 20) {
      expect(positions.some((position) => position >= least && position < least + 20)).toBe(true)
    }
  })

  it('are those that tell most too, however little of the posterior lies beside a suspect', () => {
    const near = [
      { position: 200, failures: 0, runs: 16 },
      { position: 201, failures: 12, runs: 16 },
    ]
    expect(placesAfter([...ends, ...near]).positions).toContain(200)
    const withoutIt = placesAfter([...ends, ...near], [200]).positions
    expect(withoutIt).not.toContain(200)
    expect(withoutIt).toContain(199)
  })

  it('divide all of the posterior', () => {
    const { masses, contains, positions } = placesAfter(ends)
    expect(masses.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6)
    expect(contains).toHaveLength(positions.length)
    const shares = positions.map((position, place) => {
      const share = masses.reduce((sum, mass, part) => sum + mass * (contains[place]?.[part] ?? 0), 0)
      return share / (position / 399)
    })
    for (const share of shares.filter(Number.isFinite)) expect(share).toBeCloseTo(1, 3)
  })
})
