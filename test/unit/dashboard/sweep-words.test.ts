import { expect, test } from 'vitest'
import type { SweptTest } from '../../../src/contract/http/sweeps.ts'
import { budgetWords, localMinute, spentByReason, stateWords } from '../../../src/dashboard/sweep/words.ts'

const swept: SweptTest = {
  ...{ test: 'a::b', state: 'watched', failureRate: 0.125, runs: 80, claim: null, lastFailed: 'a'.repeat(40) },
  ...{ proofRuns: 12, proofNeeded: 59 },
}

test('a budget is runs, time, both or none', () => {
  expect(budgetWords({ runs: 500, durationMs: 7_200_000 })).toBe('500 runs, 2 h 00 m')
  expect(budgetWords({ runs: null, durationMs: null })).toBe('none')
})

test('where a budget went is added up by its reasons, most first', () => {
  const spent = [
    { runs: 10, why: 'proof' },
    { runs: 30, why: 'new commit' },
    { runs: 25, why: 'proof' },
  ] as const
  expect(spentByReason(spent)).toEqual([
    { why: 'proof', runs: 35 },
    { why: 'new commit', runs: 30 },
  ])
})

test('a test is told as what it is: flaking, on its way to a proof, or fixed', () => {
  expect(stateWords({ ...swept, state: 'flaky' })).toBe('failed in 12.5 % of 80 runs')
  expect(stateWords(swept)).toBe('12 of the 59 runs without a failure that prove it fixed')
  expect(stateWords({ ...swept, state: 'fixed', claim: 'at most 5 %' })).toBe('at most 5 %')
})

test('a minute of local time is read back as that minute', () => {
  const ms = Date.parse('2026-03-29T12:34:00Z')
  expect(Date.parse(localMinute(ms + 45_000))).toBe(ms)
})
