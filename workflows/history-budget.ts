import { workflowInfo } from '@temporalio/workflow'

/** No history passes 10,000 events; what is begun must be able to end within that. */
const EVENT_LIMIT = 9_000

/** Events a child can still cost its parent: initiated, started, completed, and two workflow tasks of three each. */
const EVENTS_PER_CHILD = 9

/** Whether another child may be started without this history outgrowing its limit while all of them end. */
export function hasHistoryLeft(openChildren: number): boolean {
  const info = workflowInfo()
  if (info.continueAsNewSuggested) return false
  return info.historyLength + EVENTS_PER_CHILD * (openChildren + 1) <= EVENT_LIMIT
}
