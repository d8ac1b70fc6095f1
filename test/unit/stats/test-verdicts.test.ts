import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alwaysValid } from '../../../src/stats/always-valid.ts'
import { clopperPearson } from '../../../src/stats/interval.ts'
import { isTestDecided, judgeTest, judgeTestInSequence, type TestOutcome } from '../../../src/stats/test-verdicts.ts'

const SEQUENTIAL = { maxFlakeRate: 0.05, confidence: 0.95, tests: 1 }
const times = (runs: number, outcome: TestOutcome) => new Array<TestOutcome>(runs).fill(outcome)
const anyOutcomes = fc.array(fc.constantFrom<TestOutcome>('passed', 'failed', 'missing', 'skipped'), {
  minLength: 1,
  maxLength: 200,
})

describe('a test whose number of runs was fixed in advance', () => {
  it('is judged as a commit is', () => {
    const flaky = judgeTest([...times(77, 'passed'), ...times(23, 'failed')])
    expect(flaky).toMatchObject({ verdict: 'flaky', reason: null, runs: 100, failed: 23, severity: 'medium' })
    expect(flaky.interval).toEqual(clopperPearson(23, 100))
    expect(judgeTest(times(3, 'failed'))).toMatchObject({ verdict: 'failing', failureRate: 1 })
    const passing = judgeTest(times(59, 'passed'))
    expect(passing.verdict).toBe('passing')
    expect(passing.upperBound?.value).toBeLessThan(0.05)
  })

  it('counts runs that it vanished from, or was skipped in, apart: they are neither passes nor failures', () => {
    const outcomes = [...times(8, 'passed'), ...times(2, 'failed'), ...times(5, 'missing'), ...times(4, 'skipped')]
    expect(judgeTest(outcomes)).toMatchObject({ runs: 10, failed: 2, missing: 5, skipped: 4, failureRate: 0.2 })
  })

  it('is inconclusive where it was never seen to pass or fail, and says why', () => {
    expect(judgeTest([])).toMatchObject({ verdict: 'inconclusive', reason: 'no_results', failureRate: null })
    expect(judgeTest(times(3, 'skipped'))).toMatchObject({ verdict: 'inconclusive', reason: 'only_skipped' })
    expect(judgeTest(['skipped', 'missing'])).toMatchObject({ verdict: 'inconclusive', reason: 'only_missing' })
    expect(judgeTestInSequence(['missing'], SEQUENTIAL)).toMatchObject({ reason: 'only_missing', interval: null })
  })
})

describe('a test judged as its runs come in', () => {
  const judged = (outcomes: TestOutcome[], tests = 1) => judgeTestInSequence(outcomes, { ...SEQUENTIAL, tests })

  it('has always-valid intervals', () => {
    expect(judged(times(9, 'passed')).interval).toEqual(alwaysValid(0, 9))
  })

  it('is passing where no failure was seen, and the bound says how sure', () => {
    const verdict = judged(times(9, 'passed'))
    expect(verdict).toMatchObject({ verdict: 'passing', reason: null })
    expect(verdict.upperBound?.value).toBeCloseTo(1 - 0.05 ** (1 / 9), 12)
  })

  it('is passing with failures once its rate is shown to be below the limit', () => {
    const outcomes = [...times(50, 'passed'), ...times(1, 'failed'), ...times(62, 'passed')]
    expect(judged(outcomes)).toMatchObject({ verdict: 'passing', reason: 'below_max_flake_rate' })
  })

  it('needs more evidence to be called flaky the more tests there are', () => {
    const twice: TestOutcome[] = ['passed', 'failed', 'failed']
    expect(judged(twice, 1)).toMatchObject({ verdict: 'flaky', reason: null })
    expect(judged(twice, 100)).toMatchObject({ verdict: 'inconclusive', reason: 'undecided' })
    expect(judged(['passed', ...times(5, 'failed')], 100).verdict).toBe('flaky')
  })

  it('is flaky only with a pass, failing only where its rate is shown to be at least 0.8', () => {
    expect(judged(times(20, 'failed'), 100)).toMatchObject({ verdict: 'inconclusive', reason: 'no_pass_seen' })
    expect(judged(times(24, 'failed'), 100)).toMatchObject({ verdict: 'failing', reason: null })
  })

  it('is moved by neither missing nor skipped runs', () => {
    fc.assert(
      fc.property(anyOutcomes, fc.integer({ min: 1, max: 5_000 }), (outcomes, tests) => {
        const observed = outcomes.filter((outcome) => outcome === 'passed' || outcome === 'failed')
        fc.pre(observed.length > 0)
        expect(judged(outcomes, tests)).toMatchObject({
          ...judged(observed, tests),
          missing: expect.any(Number),
          skipped: expect.any(Number),
        })
        expect(isTestDecided(outcomes, { ...SEQUENTIAL, tests })).toBe(
          isTestDecided(observed, { ...SEQUENTIAL, tests }),
        )
      }),
    )
  })

  it('needs no further run exactly when it never failed or is conclusive', () => {
    fc.assert(
      fc.property(anyOutcomes, fc.integer({ min: 1, max: 5_000 }), (outcomes, tests) => {
        const conclusive = judged(outcomes, tests).verdict !== 'inconclusive'
        expect(isTestDecided(outcomes, { ...SEQUENTIAL, tests })).toBe(conclusive || !outcomes.includes('failed'))
      }),
    )
  })
})
