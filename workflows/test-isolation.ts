import {
  CancellationScope,
  continueAsNew,
  isCancellation,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import type { IsolationRequest } from '../src/contract/isolation.ts'
import { isolationIdOfWorkflow } from '../src/contract/names.ts'
import { admitIsolation, decideQuestion, endIsolation, resolveIsolation } from './activities.ts'
import { beforeDeadline, hasTimedOut } from './deadline.ts'
import { faultOf, refusalOf } from './fault.ts'
import { hasHistoryLeft } from './history-budget.ts'
import type { IsolationCursor, IsolationDecision, IsolationOutcome, IsolationPlan } from './isolation-api.ts'
import { isolationProgressQuery } from './messages.ts'
import { OpenQuestions } from './open-questions.ts'
import { describeAnswer, describeIsolation } from './search-attributes.ts'

/** Suites open at once, and as many that have just ended and are being taken: each can cost 20 events more. */
const ROOM = 16

/**
 * Finds the tests that have to run before a test for it to fail, or to pass: it is run alone, after all of them, and after
 * ever fewer of them. What is asked next is decided from what the runs have shown, on record; a question is one
 * `CommitSuite`, or several, so that its runs are like all others. Anyone may start it; its first step validates the
 * input. Continues as new, drained, before its history passes 10,000 events.
 */
export async function TestIsolation(request: IsolationRequest, carried?: IsolationCursor): Promise<IsolationOutcome> {
  const isolation = isolationIdOfWorkflow(workflowInfo().workflowId)
  let plan = carried?.plan
  let open: OpenQuestions | undefined
  setHandler(isolationProgressQuery, () => ({
    isolation,
    status: plan === undefined ? 'queued' : 'running',
    open: open?.suites ?? [],
  }))
  try {
    plan ??= await begin(isolation, request)
    const questions = new OpenQuestions(plan)
    open = questions
    const decision = await answerOf(plan, questions)
    if (decision?.done === true) return await end(plan, decision)
  } catch (error) {
    await CancellationScope.nonCancellable(() => abandon(isolation, error))
    throw isCancellation(error) ? error : refusalOf(error)
  }
  return await continueAsNew<typeof TestIsolation>(request, { plan })
}

async function begin(isolation: string, request: IsolationRequest): Promise<IsolationPlan> {
  await admitIsolation({ isolation, request })
  setCurrentDetails('fetching the repository and looking for orders of its tests')
  const plan = await resolveIsolation({ isolation })
  describeIsolation(plan)
  return plan
}

/** Asks until there is an answer, by what is known where the budget of time is used up; undefined: this history is full. */
async function answerOf(plan: IsolationPlan, questions: OpenQuestions): Promise<IsolationDecision | undefined> {
  const { isolation, endsAtMs } = plan
  try {
    return await beforeDeadline(endsAtMs, () => ask(isolation, questions))
  } catch (error) {
    if (!hasTimedOut(error)) throw error
    return await decideQuestion({ isolation, late: true })
  }
}

async function ask(isolation: string, questions: OpenQuestions): Promise<IsolationDecision | undefined> {
  try {
    for (;;) {
      // A suite that ends while this is decided may not be part of it.
      const { ended } = questions
      const decision = await decideQuestion({ isolation, late: false })
      setCurrentDetails(decision.details)
      if (decision.done) return decision
      const isFull = !hasHistoryLeft(ROOM)
      if (isFull && questions.suites.length === 0) return undefined
      // What is not begun now is part of the next decision too.
      questions.follow(decision.parts, { begin: !isFull })
      await questions.untilMoreThan(ended)
    }
  } finally {
    await CancellationScope.nonCancellable(() => questions.end())
  }
}

async function end(
  plan: IsolationPlan,
  { answer }: Extract<IsolationDecision, { done: true }>,
): Promise<IsolationOutcome> {
  const { isolation } = plan
  describeAnswer(plan, answer, null)
  await endIsolation({ isolation, status: 'completed' })
  return { isolation, status: 'completed', answer }
}

async function abandon(isolation: string, error: unknown): Promise<void> {
  if (isCancellation(error)) await endIsolation({ isolation, status: 'cancelled' })
  else await endIsolation({ isolation, status: 'failed', fault: faultOf(error) })
}
