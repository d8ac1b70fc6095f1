import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../../src/contract/index.ts'
import { alwaysValid } from '../../../src/stats/always-valid.ts'
import { isCommitDecided, judgeInSequence } from '../../../src/stats/sequential-verdict.ts'
import { inconclusive } from '../../../src/stats/verdict.ts'
import { seededRandom } from '../../support/random.ts'
import { finishedPrefixes, runsAsTheyEnd } from '../../support/slow-failures.ts'

const USUAL = { maxFlakeRate: 0.05, confidence: 0.95, cap: 1_000 }
const times = (runs: number, outcome: Outcome) => new Array<Outcome>(runs).fill(outcome)
const judged = (outcomes: Outcome[], options = {}) => judgeInSequence(outcomes, { ...USUAL, ...options })

describe('a commit judged as its runs come in', () => {
  it('is passing, and how sure, once passes alone have crossed the lower boundary', () => {
    const verdict = judged(times(72, 'passed'))
    expect(verdict).toMatchObject({ verdict: 'passing', reason: null, failureRate: 0, stoppedEarly: true })
    expect(verdict.interval).toEqual(alwaysValid(0, 72))
    expect(verdict.upperBound?.value).toBeCloseTo(1 - 0.05 ** (1 / 72), 12)
  })

  it('is passing with failures once its rate is shown to be below the limit', () => {
    const verdict = judged([...times(50, 'passed'), 'failed', ...times(61, 'passed')])
    expect(verdict).toMatchObject({ verdict: 'passing', reason: 'below_max_flake_rate', stoppedEarly: true })
    expect(verdict.upperBound).toBeUndefined()
  })

  it('is flaky where the upper boundary is crossed and a pass was seen, with time-outs and crashes as failures', () => {
    const verdict = judged(['passed', 'timed_out', 'crashed'])
    expect(verdict).toMatchObject({ verdict: 'flaky', reason: null, stoppedEarly: true, severity: 'high' })
    expect(verdict.interval).toEqual(alwaysValid(2, 3))
  })

  it('goes on without a pass until one is seen', () => {
    expect(judged(times(10, 'failed'))).toMatchObject({
      verdict: 'inconclusive',
      reason: 'no_pass_seen',
      failureRate: 1,
      stoppedEarly: false,
    })
    expect(judged([...times(10, 'failed'), 'passed'])).toMatchObject({ verdict: 'flaky', stoppedEarly: true })
  })

  it('is failing without a pass once its rate is shown to be at least 0.8', () => {
    expect(judged(times(23, 'failed')).verdict).toBe('inconclusive')
    const verdict = judged(times(24, 'failed'))
    expect(verdict).toMatchObject({ verdict: 'failing', reason: null, severity: 'critical', stoppedEarly: true })
    expect(verdict.interval?.low).toBeGreaterThanOrEqual(0.8)
  })

  it('is inconclusive at the cap, with what was measured', () => {
    const undecided = judged(times(50, 'passed'), { cap: 50 })
    expect(undecided).toMatchObject({ verdict: 'inconclusive', reason: 'undecided_at_cap', stoppedEarly: false })
    expect(undecided.interval).toEqual(alwaysValid(0, 50))
    expect(judged(times(10, 'failed'), { cap: 10 })).toMatchObject({ reason: 'no_pass_at_cap', failureRate: 1 })
  })

  it('is undecided before the cap as long as no boundary is crossed', () => {
    expect(judged(times(50, 'passed'))).toMatchObject({ verdict: 'inconclusive', reason: 'undecided' })
  })

  it('has not stopped early where the last run that was allowed decided', () => {
    expect(judged(times(72, 'passed'), { cap: 72 })).toMatchObject({ verdict: 'passing', stoppedEarly: false })
  })

  it('counts errors against the cap, and runs cancelled at the stop nowhere', () => {
    const withErrors: Outcome[] = [...times(72, 'passed'), ...times(28, 'error')]
    expect(judged(withErrors, { cap: 100 })).toMatchObject({ verdict: 'passing', stoppedEarly: false })
    const withCancelled: Outcome[] = [...times(72, 'passed'), ...times(28, 'cancelled')]
    expect(judged(withCancelled, { cap: 100 })).toMatchObject({ verdict: 'passing', stoppedEarly: true })
  })

  it('may be corrected by runs beyond a passing decision, and not by runs beyond a flaky one', () => {
    expect(judged([...times(72, 'passed'), ...times(8, 'failed')]).verdict).toBe('flaky')
    expect(judged(['passed', ...times(2, 'failed'), ...times(900, 'passed')]).verdict).toBe('flaky')
  })

  it('says why where there is nothing to go by', () => {
    expect(judged([])).toEqual(inconclusive('no_results'))
    expect(judged(['error', 'cancelled'])).toEqual(inconclusive('only_errors'))
    const exitCodes = [{ exitCode: 127, runs: 24 }]
    expect(judged(times(24, 'failed'), { exitCodes })).toEqual({
      ...inconclusive('command_not_found'),
      stoppedEarly: true,
    })
    expect(judged(['failed', 'passed', 'failed'], { exitCodes }).verdict).toBe('flaky')
  })

  it('is moved by no infrastructure error and no cancelled run, wherever they stand', () => {
    const anyOutcome = fc.constantFrom<Outcome>('passed', 'failed', 'timed_out', 'crashed', 'error', 'cancelled')
    fc.assert(
      fc.property(fc.array(anyOutcome, { maxLength: 200 }), (outcomes) => {
        const results = outcomes.filter((outcome) => outcome !== 'error' && outcome !== 'cancelled')
        fc.pre(results.length > 0)
        expect(judged(outcomes)).toEqual(judged(results))
        expect(isCommitDecided(outcomes, USUAL)).toBe(isCommitDecided(results, USUAL))
      }),
    )
  })

  it('has stopped early only with an answer', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 120 }), fc.integer(), (failed, cap) => {
        const outcomes = failed.map((fails): Outcome => (fails ? 'failed' : 'passed'))
        const { verdict, stoppedEarly, interval } = judged(outcomes, { cap: Math.abs(cap) % 150 })
        if (stoppedEarly) expect(verdict).not.toBe('inconclusive')
        expect(interval?.method).toBe('always-valid')
      }),
    )
  })

  it('is judged the same however long its runs take and however many run at once', () => {
    const random = seededRandom(3)
    for (let suite = 0; suite < 40; suite++) {
      const failed = Array.from({ length: 1_000 }, () => random() < 0.05)
      const outcomes = failed.map((fails): Outcome => (fails ? 'timed_out' : 'passed'))
      const stops = [1, 8, 16].map((parallelism) => {
        const ended = runsAsTheyEnd({ failed, parallelism, slowness: 300 })
        const prefixes = [...finishedPrefixes(ended)].map(({ length }) => outcomes.slice(0, length))
        return judged(prefixes.find((prefix) => isCommitDecided(prefix, USUAL)) ?? outcomes).verdict
      })
      expect(new Set(stops).size).toBe(1)
    }
  })
})
