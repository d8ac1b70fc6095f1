import {
  CancellationScope,
  continueAsNew,
  isCancellation,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import { searchIdOfWorkflow } from '../src/contract/names.ts'
import type { SearchRequest } from '../src/contract/search.ts'
import { admitSearch, decideRound, endSearch, resolveRange } from './activities.ts'
import { faultOf, refusalOf } from './fault.ts'
import { hasHistoryLeft } from './history-budget.ts'
import { searchProgressQuery } from './messages.ts'
import type { SearchBatch, SearchCursor, SearchDecision, SearchResult } from './search-api.ts'
import { describeAnswer, describeSearch } from './search-attributes.ts'
import { makeRuns } from './search-round.ts'

// MAINTENANCE: activities/search/plan-round.ts plans at most so many.
const MOST_BATCHES = 4

/**
 * A search for the commit that raised a failure rate: rounds of runs, each planned by what those before it have shown.
 * A round is one `CommitSuite` per commit, so that its runs are like all others. Anyone may start it; its first step
 * validates the input. Continues as new between rounds before its history passes 10,000 events: one costs at most 60.
 */
export async function CulpritSearch(request: SearchRequest, carried?: SearchCursor): Promise<SearchResult> {
  const search = searchIdOfWorkflow(workflowInfo().workflowId)
  const open = new Map<string, SearchBatch>()
  let cursor: SearchCursor | undefined = carried
  setHandler(searchProgressQuery, () => ({
    search,
    status: cursor === undefined ? 'queued' : 'running',
    commits: cursor?.plan.commits ?? 0,
    rounds: cursor?.round ?? 0,
    open: [...open.values()].map(({ sha }) => sha),
  }))
  try {
    cursor ??= await begin(search, request)
    do {
      const { round, faults, cut } = cursor
      const decision: SearchDecision = await decideRound({ search, round, faults, cut })
      setCurrentDetails(decision.details)
      if (decision.done) return await end(cursor, decision)
      const made = await makeRuns({ request, cursor, open }, decision.batches)
      const after: SearchCursor = { plan: cursor.plan, round: round + 1, ...made }
      cursor = after
    } while (hasHistoryLeft(MOST_BATCHES))
  } catch (error) {
    await CancellationScope.nonCancellable(() => abandon(search, error))
    throw isCancellation(error) ? error : refusalOf(error)
  }
  return await continueAsNew<typeof CulpritSearch>(request, cursor)
}

async function begin(search: string, request: SearchRequest): Promise<SearchCursor> {
  await admitSearch({ search, request })
  setCurrentDetails('fetching the repository and listing its commits')
  const plan = await resolveRange({ search })
  describeSearch(plan)
  return { plan, round: 0, faults: [], cut: false }
}

async function end(
  { plan }: SearchCursor,
  { answer, culprit }: Extract<SearchDecision, { done: true }>,
): Promise<SearchResult> {
  const { search } = plan
  describeAnswer(plan, answer, culprit)
  await endSearch({ search, status: 'completed' })
  return { search, status: 'completed', answer, culprit }
}

async function abandon(search: string, error: unknown): Promise<void> {
  if (isCancellation(error)) await endSearch({ search, status: 'cancelled' })
  else await endSearch({ search, status: 'failed', fault: faultOf(error) })
}
