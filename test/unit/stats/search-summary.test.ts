import fc from 'fast-check'
import { expect, test } from 'vitest'
import { commitRange } from '../../../src/stats/culprit/commit-range.ts'
import {
  countsAround,
  entropyBits,
  likeliestCommits,
  plausibleCommits,
  rateOf,
} from '../../../src/stats/search-summary.ts'

const posteriorOf = (none: number, ...commits: number[]) => ({ none, commits: Float64Array.of(0, ...commits) })

test('the entropy of n equal answers is log2 n bits, and none where the answer is known', () => {
  expect(entropyBits(posteriorOf(0.25, 0.25, 0.25, 0.25))).toBeCloseTo(2, 12)
  expect(entropyBits(posteriorOf(0, 0, 1, 0))).toBe(0)
})

test('the likeliest commits come first; those that are next to impossible and the one before all are none', () => {
  const found = posteriorOf(0.1, 0.05, 0.6, 0.00001, 0.24999)
  expect(likeliestCommits(found, { most: 2, least: 0.001 })).toEqual([
    { position: 2, probability: 0.6 },
    { position: 4, probability: 0.24999 },
  ])
  expect(likeliestCommits(found, { most: 9, least: 0.001 }).map(({ position }) => position)).toEqual([2, 4, 1])
})

test('as many commits are plausible as hold the share, and one fewer does not', () => {
  const weights = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 30 })
  fc.assert(
    fc.property(weights, fc.double({ min: 0.5, max: 0.99, noNaN: true }), ([none = 1, ...rest], share) => {
      const sum = none + rest.reduce((total, weight) => total + weight, 0) || 1
      const found = posteriorOf(none / sum, ...rest.map((weight) => weight / sum))
      const ranked = likeliestCommits(found, { most: rest.length, least: 0 }).map(({ probability }) => probability)
      const held = (count: number) => ranked.slice(0, count).reduce((total, probability) => total + probability, 0)
      const count = plausibleCommits(found, share)
      const wanted = share * (1 - found.none)
      expect(held(count)).toBeGreaterThanOrEqual(wanted - 1e-9)
      if (count > 0) expect(held(count - 1)).toBeLessThan(wanted + 1e-9)
    }),
  )
})

test('runs on a side branch are before a culprit that they do not contain', () => {
  // 0 – 1 – 3 (merge of 1 and 2) and 0 – 2.
  const range = commitRange([[], [0], [0], [1, 2]])
  const observations = [0, 1, 2, 3].map((position) => ({ position, failures: position, runs: 10 }))
  expect(countsAround(range, observations, 1)).toEqual({
    before: { failures: 2, runs: 20 },
    from: { failures: 4, runs: 20 },
  })
})

test('a rate without a run is none', () => {
  expect(rateOf({ failures: 0, runs: 0 }, 0.95)).toEqual({ runs: 0, failures: 0, failureRate: null, interval: null })
  expect(rateOf({ failures: 1, runs: 4 }, 0.9)).toMatchObject({
    failureRate: 0.25,
    interval: { method: 'always-valid', level: 0.9 },
  })
})
