import { describe, expect, it } from 'vitest'
import { commitRange, linearRange } from '../../../../src/stats/culprit/commit-range.ts'
import { mergeHistory } from '../../../support/merge-history.ts'
import { seededRandom } from '../../../support/random.ts'
import { type SimulationOptions, simulateSearch } from '../../../support/simulated-search.ts'

const COMMITS = 128
const history = [
  { position: 0, runs: 200 },
  { position: COMMITS - 1, runs: 20 },
]
const asOnRecord = { history, width: 8, maxCommits: 1, confidence: 0.99 }

/** How often the culprit is found, anywhere in the range, and how many runs that takes. */
function searches(rateBefore: number, rateFrom: number, trials: number, options: SimulationOptions, merges = false) {
  const random = seededRandom(20_240_901)
  let [right, runs] = [0, 0]
  for (let trial = 0; trial < trials; trial++) {
    const culprit = 1 + Math.floor(random() * (COMMITS - 1))
    const range = merges ? commitRange(mergeHistory(COMMITS, random)) : linearRange(COMMITS)
    const search = simulateSearch({ range, culprit, rateBefore, rateFrom }, random, options)
    if (search.answer.answer === 'culprit' && search.answer.position === culprit) right++
    runs += search.runs
  }
  return { accuracy: right / trials, meanRuns: runs / trials }
}

/** Rows of the table of reference, with few trials: the bench has all of them with 300. */
describe('a culprit search among 128 commits', () => {
  it.each([
    [0.05, 1, 56],
    [0.3, 1, 57],
    [0.2, 0.8, 70],
    [0.02, 0.3, 121],
  ])('finds the commit where a rate of %f became %f in about %d runs', (rateBefore, rateFrom, meanRuns) => {
    const found = searches(rateBefore, rateFrom, 30, asOnRecord)
    expect(found.accuracy).toBeGreaterThanOrEqual(0.95)
    expect(found.meanRuns).toBeLessThan(1.2 * meanRuns)
  })

  it.each([
    [0.05, 16.5],
    [0.3, 31.5],
  ])('finds a hard break above a rate of %f in fewer than %d runs, one at a time', (rateBefore, mostRuns) => {
    const found = searches(rateBefore, 1, 30, { ...asOnRecord, width: 1 })
    expect(found.accuracy).toBeGreaterThanOrEqual(0.95)
    expect(found.meanRuns).toBeLessThan(mostRuns)
  })

  it('takes half the runs for a hard break where a batch is spread over commits', () => {
    const found = searches(0.05, 1, 30, { ...asOnRecord, maxCommits: 4 })
    expect(found.accuracy).toBeGreaterThanOrEqual(0.95)
    expect(found.meanRuns).toBeLessThan(32)
  })

  it('finds the commit in a history with merges, and without earlier runs', () => {
    const found = searches(0.05, 0.9, 30, { width: 8, confidence: 0.99 }, true)
    expect(found.accuracy).toBeGreaterThanOrEqual(0.95)
    expect(found.meanRuns).toBeLessThan(70)
  })

  it('passes over commits that cannot be run, and finds the culprit among the rest', () => {
    const untestable = new Set(Array.from({ length: COMMITS }, (_, position) => position).filter((p) => p % 3 === 1))
    const random = seededRandom(5)
    for (const culprit of [3, 45, 60, 126]) {
      const world = { range: linearRange(COMMITS), culprit, rateBefore: 0.05, rateFrom: 1, untestable }
      const { answer } = simulateSearch(world, random, asOnRecord)
      // The commit before the culprit cannot be run: nothing tells the two apart.
      if (culprit % 3 === 2) expect(answer).toMatchObject({ inseparable: [culprit - 1, culprit] })
      else expect(answer).toMatchObject({ answer: 'culprit', position: culprit })
    }
  })

  it('never blames a commit where the rate fell', () => {
    const random = seededRandom(6)
    for (const culprit of [1, 30, 64, 127]) {
      const world = { range: linearRange(COMMITS), culprit, rateBefore: 0.8, rateFrom: 0.1 }
      const { answer } = simulateSearch(world, random, { width: 8, history })
      expect(answer).toMatchObject({ answer: 'no-increase', decrease: true })
    }
  })

  it('says that nothing rose from runs at the two ends alone', () => {
    const random = seededRandom(7)
    const unchanged = { range: linearRange(COMMITS), culprit: null, rateBefore: 0.05, rateFrom: 0.05 }
    const found = Array.from({ length: 30 }, () => simulateSearch(unchanged, random, { width: 8 }))
    expect(found.filter(({ answer }) => answer.answer === 'no-increase').length).toBeGreaterThanOrEqual(28)
    expect(found.reduce((sum, { runs }) => sum + runs, 0) / found.length).toBeLessThan(150)
  })
})
