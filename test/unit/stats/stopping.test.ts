import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../../src/contract/index.ts'
import { stopsHere } from '../../../src/stats/stopping.ts'
import type { TestOutcome } from '../../../src/stats/test-verdicts.ts'

const USUAL = { maxFlakeRate: 0.05, confidence: 0.95, cap: 100 }
const runs = <T>(...parts: [number, T][]): T[] => parts.flatMap(([count, outcome]) => new Array<T>(count).fill(outcome))
const alwaysPassing = (count: number, length: number) =>
  Array.from({ length: count }, () => runs<TestOutcome>([length, 'passed']))

describe('the runs of a commit', () => {
  it('end where the commit is decided and no test has failed', () => {
    expect(stopsHere(runs<Outcome>([71, 'passed']), alwaysPassing(50, 71), USUAL)).toBe(false)
    expect(stopsHere(runs<Outcome>([72, 'passed']), alwaysPassing(50, 72), USUAL)).toBe(true)
    expect(stopsHere(runs<Outcome>([72, 'passed']), [], USUAL)).toBe(true)
  })

  it('go on until a test that has failed is proven flaky, with α shared by the tests that never failed', () => {
    const outcomes = (failures: number) => runs<Outcome>([1, 'passed'], [failures, 'failed'])
    const suspect = (failures: number) => runs<TestOutcome>([1, 'passed'], [failures, 'failed'])
    expect(stopsHere(outcomes(2), [suspect(2)], USUAL)).toBe(true)
    expect(stopsHere(outcomes(2), [suspect(2), ...alwaysPassing(99, 3)], USUAL)).toBe(false)
    expect(stopsHere(outcomes(5), [suspect(5), ...alwaysPassing(99, 6)], USUAL)).toBe(true)
  })

  it('go on while the commit itself is undecided, whatever its tests say', () => {
    const outcomes = runs<Outcome>([10, 'failed'])
    const test = runs<TestOutcome>([1, 'passed'], [9, 'failed'])
    expect(stopsHere(outcomes, [test], USUAL)).toBe(false)
  })

  it('end at the cap in any case', () => {
    const outcomes = runs<Outcome>([99, 'passed'], [1, 'failed'])
    expect(stopsHere(outcomes, alwaysPassing(1, 100), USUAL)).toBe(true)
    expect(stopsHere(runs<Outcome>([100, 'error']), [], USUAL)).toBe(true)
  })
})
