import {
  CancellationScope,
  CancelledFailure,
  ChildWorkflowCancellationType,
  ChildWorkflowFailure,
  ParentClosePolicy,
  startChild,
} from '@temporalio/workflow'
import { suiteWorkflowId } from '../src/contract/names.ts'
import type { SearchRequest } from '../src/contract/search.ts'
import type { SuiteRequest } from '../src/contract/suite.ts'
import { CommitSuite } from './commit-suite.ts'
import { beforeDeadline, hasTimedOut } from './deadline.ts'
import { faultOf } from './fault.ts'
import type { SearchBatch, SearchCursor, SearchPlan, SuiteFault } from './search-api.ts'
import { resultWithItsScope } from './with-its-scope.ts'

interface Round {
  request: SearchRequest
  /** Of the rounds before it. */
  cursor: SearchCursor
  /** Batches that are under way, by their suites. */
  open: Map<string, SearchBatch>
}

/**
 * The runs of a round: a suite for each of its commits, side by side; ends when all have, however they did. `cut` where
 * the search's budget of time was used up, which cancels them. Costs at most 9 events a batch and 3 for the budget.
 */
export async function makeRuns(
  round: Round,
  batches: readonly SearchBatch[],
): Promise<{ faults: SuiteFault[]; cut: boolean }> {
  try {
    const faults = await beforeDeadline(round.cursor.plan.endsAtMs, () => allSuites(round, batches))
    return { faults, cut: false }
  } catch (error) {
    if (hasTimedOut(error)) return { faults: [], cut: true }
    throw error
  }
}

async function allSuites(round: Round, batches: readonly SearchBatch[]): Promise<SuiteFault[]> {
  const scope = CancellationScope.current()
  const faults = await Promise.all(batches.map((batch) => oneSuite(round, batch)))
  if (scope.consideredCancelled) throw new CancelledFailure('the runs of the round were cancelled')
  return faults.flatMap((fault) => fault ?? [])
}

/** A suite that fails says so; what that means for the search is decided with the rest of the round. */
async function oneSuite({ request, cursor, open }: Round, batch: SearchBatch): Promise<SuiteFault | undefined> {
  const { suite, sha, seeds } = batch
  const { plan, round } = cursor
  open.set(suite, batch)
  try {
    await resultWithItsScope(
      startChild(CommitSuite, {
        workflowId: suiteWorkflowId(suite),
        args: [suiteRequest(request, plan, batch, round + 1)],
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
        priority: { priorityKey: plan.priority },
        staticSummary: `round ${round + 1}: ${seeds.length} runs of ${sha.slice(0, 12)}`,
        staticDetails: `for the search ${plan.search}`,
      }),
    )
    return undefined
  } catch (error) {
    return { suite, ...faultOf(error instanceof ChildWorkflowFailure ? error.cause : error) }
  } finally {
    open.delete(suite)
  }
}

/** All that a search asks for of its runs, with a commit and seeds of its own. */
function suiteRequest(
  asked: SearchRequest,
  plan: SearchPlan,
  { sha, seeds }: SearchBatch,
  round: number,
): SuiteRequest {
  const { id: _id, good: _good, bad: _bad, firstParent: _firstParent, seed: _seed, ...rest } = asked
  const { test: _test, confidence: _c, minIncrease: _m, maxRuns: _r, maxDurationMs: _d, ...runs } = rest
  return {
    ...runs,
    commits: [sha],
    command: plan.command,
    seeds,
    // The runs of a round are no more than the search may have at once.
    parallelism: Math.min(plan.parallelism, seeds.length),
    partOf: { kind: 'search', id: plan.search, round },
  }
}
