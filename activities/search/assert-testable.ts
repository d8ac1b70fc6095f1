import { ApplicationFailure } from '@temporalio/common'
import { ERRORS, type ErrorCode, invalidInput, type SearchSpec } from '../../src/contract/index.ts'
import type { RoundOutcome } from '../../src/store/searches/round-rows.ts'
import type { Knowledge } from './knowledge.ts'

/** Faults of what runs the tests pass by, or they do not. */
const MOST_LOST_IN_A_ROW = 3
/** Commits that cannot be tested are passed over, but where none can be at all there is nothing to search. */
const MOST_SKIPPED_AT_FIRST = 10

/** Fails the search where it goes on in vain: runs are lost again and again, or no commit can be tested. */
export function assertTestable(
  spec: SearchSpec,
  { evidence, skipped }: Knowledge,
  outcomes: readonly RoundOutcome[],
): void {
  const last = outcomes.slice(-MOST_LOST_IN_A_ROW)
  if (last.length === MOST_LOST_IN_A_ROW && last.every(({ blame }) => blame === 'infrastructure')) {
    throw inVain(outcomes, `${MOST_LOST_IN_A_ROW} batches of runs in a row were lost`)
  }
  if (evidence.observations.length === 0 && skipped.size >= MOST_SKIPPED_AT_FIRST) {
    if (isUnreported(skipped)) {
      const remedy = 'Name it as `commit-suite show` does of a suite of the same command.'
      throw invalidInput('test', spec.test, `is in no report of the runs of ${skipped.size} commits`, remedy)
    }
    throw inVain(outcomes, `none of ${skipped.size} commits can be tested`)
  }
}

const isUnreported = (skipped: ReadonlyMap<number, string>): boolean =>
  [...skipped.values()].every((reason) => reason === 'test_missing')

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code)

function inVain(outcomes: readonly RoundOutcome[], what: string): ApplicationFailure {
  const { reason, suite } = outcomes.at(-1) ?? {}
  const code = reason !== null && reason !== undefined && isErrorCode(reason) ? reason : 'tries_used_up'
  const message = `The search goes on in vain: ${what}, the last because of ${reason}. See commit-suite show ${suite}.`
  return ApplicationFailure.nonRetryable(message, code)
}
