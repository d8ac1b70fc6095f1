import { expect, test } from 'vitest'
import { liveInterval } from '../../../src/dashboard/suite/live-interval.ts'
import { alwaysValid } from '../../../src/stats/always-valid.ts'

test.each([
  [0, 0, 0.95],
  [0, 1, 0.95],
  [1, 1, 0.95],
  [3, 40, 0.95],
  [40, 40, 0.99],
  [0, 10_000, 0.95],
  [1, 10_000, 0.8],
  [4_999, 10_000, 0.999],
])('%d failures in %d runs at %d: the interval of the command line', (failures, runs, level) => {
  const expected = alwaysValid(failures, runs, level)
  const found = liveInterval(failures, runs, level)
  expect(found.low).toBeCloseTo(expected.low, 9)
  expect(found.high).toBeCloseTo(expected.high, 9)
  expect(found).toMatchObject({ method: 'always-valid', level })
})
