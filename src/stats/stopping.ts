import type { Outcome } from '../contract/index.ts'
import { isAtCap, isCommitDecided, type SequentialOptions } from './sequential-verdict.ts'
import { isTestDecided, type TestOutcome } from './test-verdicts.ts'

/**
 * Whether a commit's runs end here under `--until verdict`: it is decided, and so is every test that has failed, so
 * that a test is only named with proof; or the cap is reached.
 *
 * @param outcomes of the runs, in attempt order, the longest finished prefix only
 * @param tests of each test that was seen so far, the never failed ones too (α is shared by all of them), what the
 *   same runs say of it
 */
export function stopsHere(
  outcomes: readonly Outcome[],
  tests: readonly (readonly TestOutcome[])[],
  options: SequentialOptions,
): boolean {
  const { maxFlakeRate, confidence } = options
  if (isAtCap(outcomes, options)) return true
  const testOptions = { maxFlakeRate, confidence, tests: tests.length }
  return isCommitDecided(outcomes, options) && tests.every((test) => isTestDecided(test, testOptions))
}
