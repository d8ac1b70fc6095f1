import { expect, test } from 'vitest'
import { exitCodeOf, firstThatApplies, splitFailure } from '../../../src/cli/exit-codes.ts'
import { SUITE_STATUSES, type SuiteStatus, VERDICTS, type VerdictName } from '../../../src/contract/index.ts'

const commit = (verdict: VerdictName, errors = 0) => ({ verdict, errors })

/** Every set of verdicts. */
const verdictSets = Array.from({ length: 2 ** VERDICTS.length }, (_, bits) =>
  VERDICTS.filter((_, i) => bits & (1 << i)),
)

/** The contract in other words than the code's: the first line that applies. */
function promised(status: SuiteStatus, input: boolean, verdicts: VerdictName[], errors: number, interrupted: boolean) {
  const applies: [boolean, number][] = [
    [interrupted || status === 'cancelled', 130],
    [status === 'failed' && input, 2],
    [verdicts.includes('flaky') || verdicts.includes('failing'), 1],
    [status !== 'completed' || verdicts.length === 0 || verdicts.includes('inconclusive') || errors > 0, 3],
  ]
  return applies.find(([yes]) => yes)?.[1] ?? 0
}

test('every combination of status, failure, verdicts, errors and interruption has the code of the contract', () => {
  const seen = new Set<number>()
  for (const status of SUITE_STATUSES) {
    for (const failure of ['ref_not_found: no such ref', 'setup_failed: exit 1']) {
      for (const verdicts of verdictSets) {
        for (const errors of [0, 2]) {
          for (const interrupted of [false, true]) {
            const report = { status, failure, commits: verdicts.map((verdict) => commit(verdict, errors)) }
            const code = exitCodeOf(report, { interrupted })
            const input = failure.startsWith('ref')
            const known = verdicts.length === 0 ? 0 : errors
            expect
              .soft(code, JSON.stringify({ report, interrupted }))
              .toBe(promised(status, input, verdicts, known, interrupted))
            seen.add(code)
          }
        }
      }
    }
  }
  expect([...seen].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 130])
})

test('several suites together have the code that comes first in the contract', () => {
  expect(firstThatApplies([0, 3, 1])).toBe(1)
  expect(firstThatApplies([0, 3, 2, 1])).toBe(2)
  expect(firstThatApplies([0, 130, 2])).toBe(130)
  expect(firstThatApplies([])).toBe(0)
})

test('a failure without a code of the catalogue is internal and kept whole', () => {
  expect(splitFailure('ref_not_found: commits: "x" – unknown.')).toEqual({
    code: 'ref_not_found',
    message: 'commits: "x" – unknown.',
  })
  expect(splitFailure('boom: it broke')).toEqual({ code: 'internal', message: 'boom: it broke' })
})
