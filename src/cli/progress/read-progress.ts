import { applyEvents } from '../../progress/apply-event.ts'
import { initialProgress, type SuiteProgress } from '../../progress/state.ts'
import type { Site } from '../site/site.ts'

/** Where a suite stands, from all events on record. */
export async function readProgress(site: Site, suite: string): Promise<SuiteProgress> {
  let state = initialProgress(suite)
  for await (const events of site.eventsOnRecord(suite)) state = applyEvents(state, events)
  return state
}
