import { describe, expect, it } from 'vitest'
import { changePoints } from '../../../src/stats/change-points.ts'
import { logLikelihood } from '../../../src/stats/culprit/likelihood.ts'
import { logMarginal } from '../../../src/stats/culprit/marginal.ts'
import { seededRandom } from '../../../src/stats/seeded-random.ts'

/** `runs` runs at each of `commits` commits, with the rate that stands for each. */
function planted(rates: [commits: number, rate: number][], runs: number, seed: number) {
  const random = seededRandom(seed)
  return rates.flatMap(([commits, rate]) =>
    Array.from({ length: commits }, () => ({
      runs,
      failures: Array.from({ length: runs }, () => random()).filter((draw) => draw < rate).length,
    })),
  )
}

describe('change points', () => {
  it('a planted rise is named with its probability and both rates', () => {
    const [rise, ...others] = changePoints(
      planted(
        [
          [30, 0.02],
          [20, 0.4],
        ],
        20,
        1,
      ),
    )
    expect(others).toEqual([])
    expect(rise).toMatchObject({ position: 30, direction: 'rise' })
    expect(rise?.probability).toBeGreaterThan(0.9)
    expect(rise?.rateBefore).toBeLessThan(0.05)
    expect(rise?.rateFrom).toBeGreaterThan(0.3)
  })

  it('time turned round, a rise is a fall at the same place with the same probability', () => {
    const commits = planted(
      [
        [12, 0.1],
        [9, 0.7],
      ],
      10,
      2,
    )
    const [rise] = changePoints(commits)
    const [fall] = changePoints(commits.toReversed())
    expect(rise?.direction).toBe('rise')
    expect(fall).toMatchObject({
      ...{ position: commits.length - (rise?.position ?? 0), direction: 'fall' },
      ...{ rateBefore: rise?.rateFrom, rateFrom: rise?.rateBefore },
    })
    expect(fall?.probability).toBeCloseTo(rise?.probability ?? 0, 10)
  })

  it('a break and its repair are both found, and so is a flake that came and went', () => {
    const found = changePoints(
      planted(
        [
          [20, 0],
          [5, 1],
          [20, 0],
          [15, 0.25],
          [20, 0],
        ],
        10,
        3,
      ),
    )
    expect(found.map(({ position, direction }) => [position, direction])).toEqual([
      [20, 'rise'],
      [25, 'fall'],
      [45, 'rise'],
      [60, 'fall'],
    ])
  })

  it('a rate that stays is not split: in 300 histories at most a few are', () => {
    const rates = [0, 0.01, 0.1, 0.5, 0.95, 1]
    const histories = Array.from({ length: 300 }, (_, seed) => planted([[60, rates[seed % 6] ?? 0]], 10, seed))
    expect(histories.filter((commits) => changePoints(commits).length > 0).length).toBeLessThanOrEqual(6)
  })

  it('commits without runs move nothing, and nothing to go by gives nothing', () => {
    const commits = planted(
      [
        [10, 0.05],
        [10, 0.6],
      ],
      10,
      4,
    )
    const none = { runs: 0, failures: 0 }
    const [found] = changePoints(commits)
    const [same] = changePoints(commits.flatMap((counts) => [counts, none]))
    expect(same).toMatchObject({ position: (found?.position ?? 0) * 2, direction: 'rise' })
    for (const empty of [[], [none], [{ runs: 5, failures: 3 }], [none, none]]) expect(changePoints(empty)).toEqual([])
  })

  it('millions of runs are worked out as exactly as few', () => {
    const commits = planted(
      [
        [500, 0.01],
        [500, 0.012],
      ],
      10,
      5,
    ).map(({ failures, runs }) => ({
      ...{ failures: failures * 500, runs: runs * 500 },
    }))
    expect(changePoints(commits).length).toBeLessThanOrEqual(20)
    const [rise] = changePoints([
      { runs: 1e6, failures: 1e4 },
      { runs: 1e6, failures: 1.2e4 },
    ])
    expect(rise).toMatchObject({ position: 1, direction: 'rise', rateBefore: 0.01, rateFrom: 0.012 })
  })

  it('rise and fall together weigh what the search gives each of them', () => {
    const [before, from] = [
      { failures: 2, runs: 9 },
      { failures: 7, runs: 8 },
    ]
    const rise = Math.exp(logLikelihood(before, from))
    const fall = Math.exp(logLikelihood(from, before))
    const changed = (rise + fall) / (rise + fall + Math.exp(logMarginal({ failures: 9, runs: 17 })))
    const [point] = changePoints([before, from], { level: 0 })
    expect(point?.probability).toBeCloseTo(changed, 9)
  })
})
