import { type Sprt, type SprtOptions, sprtOf } from './sprt.ts'

export interface TestSprtOptions extends SprtOptions {
  /** m: the tests judged together, ≥ 1: those of the commit, or of all commits of a suite. */
  tests: number
}

/**
 * The SPRT of one test among m: flaky at ln(m/α), passing at ln β.
 *
 * Accusations are controlled over all m tests: the likelihood ratio of each is an e-process (a supermartingale from 1
 * at every rate ≤ p0), by Ville's inequality it ever reaches m/α with probability ≤ α/m, and so any test at or below
 * p0 is called flaky with probability ≤ α. This holds whatever the tests share (they run in the same processes and
 * fail together) and whenever one stops. Holm or Benjamini and Hochberg on p-values need p-values of a number of
 * runs fixed in advance, the latter positive dependence too; and it promises a share of wrong names, where each name
 * costs a person's time. With them a test's decision would also hang on the other tests' and could be taken back.
 *
 * `passing` is promised per test (a wrong one with probability ≤ β) and needs no correction over the tests of a
 * passing commit: a test at p1 or more keeps its commit at p1 or more, which the commit's own SPRT rules out.
 *
 * m grows when a test turns up late. Judging anew with the larger m keeps the promise: α/m then bounds each of them.
 */
export function testSprtOf(options: TestSprtOptions): Sprt {
  const { tests } = options
  if (!Number.isInteger(tests) || tests < 1) throw new RangeError(`the tests must be 1 or more, not ${tests}`)
  const sprt = sprtOf(options)
  return {
    ...sprt,
    alpha: sprt.alpha / tests,
    boundaries: { flaky: Math.log(tests / sprt.alpha), passing: Math.log(sprt.beta) },
  }
}
