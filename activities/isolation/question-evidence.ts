import { ApplicationFailure } from '@temporalio/common'
import { ERRORS, type ErrorCode, isOpen, partSuiteId } from '../../src/contract/index.ts'
import type { LearntOrder } from '../../src/stats/isolation/isolation.ts'
import type { Question } from '../../src/stats/isolation/state.ts'
import { judgeVictim, type VictimEvidence } from '../../src/stats/isolation/victim.ts'
import type { TestOutcome } from '../../src/stats/test-verdicts.ts'
import type { Store } from '../../src/store/store.ts'
import type { BegunIsolation } from './isolation-lookup.ts'
import { learntOrder } from './named-order.ts'
import { victimOutcomes } from './victim-outcomes.ts'

/** What the suites of a question have shown; null as long as the last of them runs. */
export interface QuestionEvidence extends VictimEvidence {
  /** Made by the last suite. */
  made: number
  /** The order that it tells, where it does. */
  learnt: LearntOrder | undefined
}

export async function readEvidence(
  store: Store,
  isolation: BegunIsolation,
  question: Question,
): Promise<QuestionEvidence | null> {
  const { id, launch } = isolation
  const suite = partSuiteId(id, question.number, question.parts)
  const stored = await store.suites.get(suite)
  if (stored === undefined || isOpen(stored.status)) return null
  await assertTestable(store, suite, launch.sha)
  const outcomes = await outcomesOf(store, isolation, question)
  const tally = await store.results.tally(suite, launch.sha)
  const made = tally.passed + tally.failed + tally.timedOut + tally.crashed + tally.errors
  if (question.rule !== null) return { ...judgeVictim(outcomes, question.rule), made, learnt: undefined }
  const order = await store.isolations.order(id, `question-${question.number}`)
  return { ...ofOneRun(outcomes, order !== undefined), made, learnt: order && learntOrder(order) }
}

/** All that the suites of a question show, in the order in which they were asked for. */
export async function outcomesOf(
  store: Parameters<typeof victimOutcomes>[0],
  { id, spec, launch }: Pick<BegunIsolation, 'id' | 'spec' | 'launch'>,
  { number, parts }: Pick<Question, 'number' | 'parts'>,
): Promise<TestOutcome[]> {
  const outcomes: TestOutcome[] = []
  for (let part = 1; part <= parts; part++) {
    const suite = partSuiteId(id, number, part)
    outcomes.push(...(await victimOutcomes(store, { suite, sha: launch.sha, test: spec.test })))
  }
  return outcomes
}

/** Without the order that it was to tell, a run tells nothing. */
function ofOneRun(outcomes: readonly TestOutcome[], isOrderKnown: boolean): VictimEvidence {
  const [outcome] = outcomes
  if (!isOrderKnown || (outcome !== 'failed' && outcome !== 'passed')) {
    return { runs: 0, failures: 0, answer: 'undecided', next: 0 }
  }
  const failed = outcome === 'failed'
  return { runs: 1, failures: failed ? 1 : 0, answer: failed ? 'fails' : 'passes', next: 0 }
}

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code)

/** Fails the isolation where its tests cannot be run at all: no answer would come of more runs. */
async function assertTestable(store: Store, suite: string, sha: string): Promise<void> {
  const verdict = await store.suites.verdict(suite, sha)
  const tally = await store.results.tally(suite, sha)
  const hasResults = tally.passed + tally.failed + tally.timedOut + tally.crashed > 0
  if (verdict?.verdict !== 'inconclusive' || (hasResults && verdict.reason !== 'command_not_found')) return
  const reason = verdict.reason ?? 'no_results'
  const code = isErrorCode(reason) ? reason : reason === 'command_not_found' ? 'invalid_input' : 'tries_used_up'
  const message = `Its tests cannot be run: ${reason}. See commit-suite show ${suite}.`
  throw ApplicationFailure.nonRetryable(message, code)
}
