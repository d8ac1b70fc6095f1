import {
  CancellationScope,
  ChildWorkflowCancellationType,
  ChildWorkflowFailure,
  isCancellation,
  ParentClosePolicy,
  setCurrentDetails,
  startChild,
  workflowInfo,
} from '@temporalio/workflow'
import { suiteWorkflowId } from '../src/contract/names.ts'
import type { SweepRequest } from '../src/contract/sweep.ts'
import { concludeSweep, endSweep, planSweep } from './activities.ts'
import { CommitSuite } from './commit-suite.ts'
import { beforeDeadline, hasTimedOut } from './deadline.ts'
import { faultOf, refusalOf } from './fault.ts'
import { describeSweep } from './search-attributes.ts'
import type { FiringReference, SweepPlan, SweepResult } from './sweep-api.ts'
import { resultWithItsScope } from './with-its-scope.ts'

/**
 * One firing of a sweep: plans which commits get how many runs under which fresh seeds, makes them as an ordinary suite,
 * and puts on record which tests flake and which are proved fixed. Started by the schedule `sweep/<name>`, or by anyone:
 * its first step validates the input. Costs at most 40 events.
 */
export async function Sweep(request: SweepRequest, instance?: string): Promise<SweepResult> {
  const { firstExecutionRunId: firing, workflowId, startTime } = workflowInfo()
  const reference = { firing, sweep: instance ?? workflowId }
  const startedAtMs = startTime.getTime()
  try {
    setCurrentDetails('fetching the repository and choosing what to run')
    const plan = await planSweep({ ...reference, workflowId, startedAtMs, request })
    describeSweep(plan)
    setCurrentDetails(plan.details)
    const cut = await makeRuns(plan)
    const { details, flaky, fixed } = await concludeSweep({ ...reference, request, cut })
    setCurrentDetails(details)
    return { sweep: reference.sweep, suite: plan.suite.id, flaky, fixed }
  } catch (error) {
    await CancellationScope.nonCancellable(() => abandon(reference, error))
    throw isCancellation(error) ? error : refusalOf(causeOf(error))
  }
}

/** True where the budget of time was used up, which cancels what had not ended. */
async function makeRuns({ suite, priority, fairnessKey, endsAtMs, summary }: SweepPlan): Promise<boolean> {
  try {
    await beforeDeadline(endsAtMs, () =>
      resultWithItsScope(
        startChild(CommitSuite, {
          workflowId: suiteWorkflowId(suite.id),
          args: [suite.request],
          parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
          cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
          priority: { priorityKey: priority, fairnessKey },
          staticSummary: summary,
        }),
      ),
    )
    return false
  } catch (error) {
    if (hasTimedOut(error)) return true
    throw error
  }
}

async function abandon(reference: FiringReference, error: unknown): Promise<void> {
  if (isCancellation(error)) await endSweep({ ...reference, status: 'cancelled' })
  else await endSweep({ ...reference, status: 'failed', fault: faultOf(causeOf(error)) })
}

const causeOf = (error: unknown): unknown => (error instanceof ChildWorkflowFailure ? error.cause : error)
