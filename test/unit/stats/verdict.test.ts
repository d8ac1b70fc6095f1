import { describe, expect, it } from 'vitest'
import { emptyTally, type Tally } from '../../../src/contract/index.ts'
import { severityOf } from '../../../src/stats/severity.ts'
import { inconclusive, judge } from '../../../src/stats/verdict.ts'

const tally = (counts: Partial<Tally>): Tally => ({ ...emptyTally(), ...counts })

describe('judge', () => {
  it('says passing, and how sure, where no run failed', () => {
    const verdict = judge(tally({ passed: 59 }))
    expect(verdict).toMatchObject({ verdict: 'passing', failureRate: 0, severity: 'none', reason: null })
    expect(verdict.upperBound?.value).toBeLessThan(0.05)
    expect(verdict.interval?.low).toBe(0)
  })

  it('says flaky where both were seen, with time-outs and crashes among the failures', () => {
    const verdict = judge(tally({ passed: 77, failed: 21, timedOut: 1, crashed: 1 }))
    expect(verdict).toMatchObject({ verdict: 'flaky', failureRate: 0.23, severity: 'medium' })
    expect(verdict.upperBound).toBeUndefined()
  })

  it('says failing where every run failed', () => {
    expect(judge(tally({ failed: 3 }))).toMatchObject({ verdict: 'failing', failureRate: 1, severity: 'critical' })
  })

  it('keeps infrastructure errors and cancelled runs out of the rate', () => {
    expect(judge(tally({ passed: 1, failed: 1, errors: 50, cancelled: 50 })).failureRate).toBe(0.5)
  })

  it('is inconclusive where nothing gave a test result', () => {
    expect(judge(tally({ errors: 3 }))).toEqual(inconclusive('only_errors'))
    expect(judge(tally({ cancelled: 3 }))).toEqual(inconclusive('no_results'))
  })

  it('is inconclusive where the command was never found, and failing where it was once', () => {
    const all = judge(tally({ failed: 3 }), {
      exitCodes: [
        { exitCode: 127, runs: 2 },
        { exitCode: 126, runs: 1 },
      ],
    })
    expect(all).toEqual(inconclusive('command_not_found'))
    const some = judge(tally({ failed: 3 }), {
      exitCodes: [
        { exitCode: 127, runs: 2 },
        { exitCode: 1, runs: 1 },
      ],
    })
    expect(some.verdict).toBe('failing')
  })
})

describe('severityOf', () => {
  it('takes the highest threshold that the rate reaches', () => {
    expect([null, 0, 0.009, 0.01, 0.1, 0.5, 0.9, 1].map((rate) => severityOf(rate))).toEqual([
      'none',
      'none',
      'none',
      'low',
      'medium',
      'high',
      'critical',
      'critical',
    ])
  })
})
