import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { zeroFailureUpperBound } from '../../../src/stats/interval.ts'
import { leaveQuarantine } from '../../../src/stats/leave-quarantine.ts'
import type { TestOutcome } from '../../../src/stats/test-verdicts.ts'

const passes = (count: number) => new Array<TestOutcome>(count).fill('passed')

describe('a quarantined test', () => {
  it('may leave after 59 passes in a row for 5 %, after 299 for 1 %', () => {
    expect(leaveQuarantine(passes(58), { limit: 0.05 })).toMatchObject({ mayLeave: false, passesNeeded: 59 })
    expect(leaveQuarantine(passes(59), { limit: 0.05 }).mayLeave).toBe(true)
    expect(leaveQuarantine(passes(298), { limit: 0.01 }).mayLeave).toBe(false)
    expect(leaveQuarantine(passes(299), { limit: 0.01 }).mayLeave).toBe(true)
  })

  it('starts anew with each failure', () => {
    expect(leaveQuarantine(['failed', ...passes(1_000), 'failed', ...passes(20)], { limit: 0.05 })).toEqual({
      mayLeave: false,
      passesInARow: 20,
      passesNeeded: 59,
      missing: 0,
    })
  })

  it('gets nothing from runs that it was skipped in or vanished from', () => {
    const outcomes: TestOutcome[] = ['failed', ...passes(58), ...new Array<TestOutcome>(40).fill('missing'), 'skipped']
    expect(leaveQuarantine(outcomes, { limit: 0.05 })).toMatchObject({ mayLeave: false, passesInARow: 58, missing: 40 })
  })

  it('needs as many passes as show the limit, and no fewer', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 0.5, noNaN: true }),
        fc.constantFrom(0.9, 0.95, 0.99),
        (limit, level) => {
          const { passesNeeded } = leaveQuarantine([], { limit, level })
          expect(zeroFailureUpperBound(passesNeeded, level).value).toBeLessThanOrEqual(limit + 1e-12)
          if (passesNeeded > 1)
            expect(zeroFailureUpperBound(passesNeeded - 1, level).value).toBeGreaterThan(limit - 1e-12)
        },
      ),
    )
  })

  it('has a limit between 0 and 1', () => {
    expect(() => leaveQuarantine([], { limit: 0 })).toThrow(RangeError)
    expect(() => leaveQuarantine([], { limit: 1 })).toThrow(RangeError)
  })
})
