import { describe, expect, it } from 'vitest'
import { alwaysValid } from '../../../../src/stats/always-valid.ts'
import { linearRange } from '../../../../src/stats/culprit/commit-range.ts'
import type { Observation } from '../../../../src/stats/culprit/counts.ts'
import { concludeSearch, decideSearch } from '../../../../src/stats/culprit/decide.ts'

const at = (position: number, failures: number, runs: number): Observation => ({ position, failures, runs })
const range = linearRange(128)

describe('the answer of a culprit search', () => {
  it('is the culprit with the rates on both sides once it is probable enough', () => {
    const observations = [at(0, 10, 200), at(60, 0, 8), at(61, 8, 8), at(127, 20, 20)]
    const decision = decideSearch(range, { observations }, { confidence: 0.99 })
    expect(decision).toMatchObject({
      ...{ answer: 'culprit', position: 61 },
      ...{ rateBefore: alwaysValid(10, 208, 0.99), rateFrom: alwaysValid(28, 28, 0.99) },
    })
    if (decision.answer === 'culprit') expect(decision.probability).toBeGreaterThan(0.99)
    expect(decideSearch(range, { observations: observations.slice(0, 2) })).toEqual({ answer: 'continue' })
  })

  it('is that nothing rose as soon as the bounds at the two ends are near enough', () => {
    const ends = (runs: number) => ({ observations: [at(0, 0, runs), at(127, 0, runs)] })
    const needed = Array.from({ length: 100 }, (_, runs) => runs).find(
      (runs) => decideSearch(range, ends(runs)).answer === 'no-increase',
    )
    // U − L with L = 0 and U always-valid at α/2.
    expect(alwaysValid(0, needed ?? 0, 0.975).high).toBeLessThan(0.2)
    expect(alwaysValid(0, (needed ?? 0) - 1, 0.975).high).toBeGreaterThanOrEqual(0.2)
    expect(decideSearch(range, ends(needed ?? 0))).toMatchObject({
      ...{ answer: 'no-increase', decrease: false },
      ...{ rateBase: { method: 'always-valid', level: 0.975 }, rateHead: { low: 0 } },
    })
    expect(decideSearch(range, ends(needed ?? 0), { minIncrease: 0.1 })).toEqual({ answer: 'continue' })
    expect(decideSearch(range, ends(needed ?? 0), { confidence: 0.99 })).toEqual({ answer: 'continue' })
  })

  it('is "no increase", and that it fell, where the rate fell', () => {
    const observations = [at(0, 160, 200), at(127, 2, 20)]
    expect(decideSearch(range, { observations })).toMatchObject({ answer: 'no-increase', decrease: true })
    expect(decideSearch(range, { observations: [at(0, 0, 20), at(127, 20, 20)] })).toEqual({ answer: 'continue' })
  })

  it('is "no increase" for a rise that is smaller than asked for, and the culprit for a larger one', () => {
    const observations = [at(0, 20, 1000), at(127, 70, 1000)]
    expect(decideSearch(range, { observations })).toMatchObject({ answer: 'no-increase', decrease: false })
    expect(decideSearch(range, { observations }, { minIncrease: 0.04 })).toEqual({ answer: 'continue' })
  })

  it('is open, with the runs that it may take, where a budget ends', () => {
    const needed = (observations: Observation[], options = {}) => {
      const answer = concludeSearch(range, { observations }, options)
      expect(answer).toMatchObject({ answer: 'not-enough-evidence', inseparable: [] })
      return answer.answer === 'not-enough-evidence' ? (answer.runsNeeded ?? 0) : 0
    }
    const start = needed([at(0, 10, 200), at(127, 20, 20)])
    expect(start).toBeGreaterThan(7)
    expect(start).toBeLessThan(100)
    expect(needed([at(0, 10, 200), at(64, 0, 8), at(127, 20, 20)])).toBeLessThan(start)
    expect(needed([at(0, 40, 200), at(127, 16, 20)])).toBeGreaterThan(start)
    const unchanged = needed([at(0, 1, 20), at(127, 1, 20)])
    expect(unchanged).toBeGreaterThan(50)
    expect(unchanged).toBeLessThan(150)
    expect(concludeSearch(range, { observations: [at(0, 5, 100), at(127, 5, 100)] }).answer).toBe('no-increase')
  })

  it('is open for good where the commits between the suspects cannot be run', () => {
    const observations = [at(0, 0, 50), at(60, 0, 20), at(64, 20, 20), at(127, 20, 20)]
    const untestable = new Set([61, 62, 63])
    const open = { answer: 'not-enough-evidence', runsNeeded: null, inseparable: [61, 62, 63, 64] }
    expect(decideSearch(range, { observations, untestable })).toEqual(open)
    expect(concludeSearch(range, { observations, untestable })).toEqual(open)
    // A run at 62 would tell more; that others cannot be run does not matter.
    const elsewhere = [10, 11, 12, 100, 101, 102]
    const open62 = { observations, untestable: new Set([61, 63, ...elsewhere]) }
    expect(decideSearch(range, open62)).toEqual({ answer: 'continue' })
  })

  it('is open for good where fewer than two commits can be run', () => {
    const evidence = { observations: [], untestable: new Set([0, 1]) }
    expect(decideSearch(linearRange(3), evidence)).toEqual({
      ...{ answer: 'not-enough-evidence', runsNeeded: null, inseparable: [] },
    })
  })

  it('is refused for options that make no sense', () => {
    expect(() => decideSearch(range, { observations: [] }, { confidence: 1 })).toThrow(RangeError)
    expect(() => decideSearch(range, { observations: [] }, { minIncrease: 0 })).toThrow('minIncrease')
  })
})
